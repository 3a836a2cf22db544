# Writes the reference values of tests/ctdna/test_cohort_decline.py: mixed models by maximum
# likelihood without any censoring. Run in this folder: Rscript mixed.R
# R 4.2.2, lme4 1.1-31. sleepstudy is lme4's (Belenky 2003); `kept` = yes is the part
# of it that makes an unbalanced study, sleepstudy_missing of ../shared/golden, whose
# restricted likelihood is checked at the end. The limits are t intervals with 17 degrees of
# freedom (patients - 1, as Satterthwaite's by lmerTest are for the balanced study)
# about restricted maximum likelihood. Values at full precision.
library(lme4)
options(digits = 17)
data <- read.csv("sleepstudy.csv", colClasses = c(subject = "character"))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))

describe <- function(d, case) {
  fit <- lmer(reaction ~ days + (days | subject), d, REML = FALSE, control = control)
  spread <- VarCorr(fit)$subject
  restricted <- update(fit, REML = TRUE)
  reach <- qt(0.975, 17) * sqrt(diag(as.matrix(vcov(restricted))))
  limits <- cbind(fixef(restricted) - reach, fixef(restricted) + reach)
  data.frame(
    case = case, intercept = fixef(fit)[[1]], slope = fixef(fit)[[2]],
    intercept_low = limits[1, 1], intercept_high = limits[1, 2],
    slope_low = limits[2, 1], slope_high = limits[2, 2],
    var_intercept = spread[1, 1], covariance = spread[1, 2], var_slope = spread[2, 2],
    error = sigma(fit), loglik = as.numeric(logLik(fit))
  )
}

result <- rbind(
  describe(data, "balanced"),
  describe(data[data$kept == "yes", ], "unbalanced")
)
numeric <- sapply(result, is.numeric)
result[numeric] <- lapply(result[numeric], function(x) sprintf("%.17g", x))
write.csv(result, "mixed.csv", row.names = FALSE, quote = FALSE)

restricted <- lmer(
  reaction ~ days + (days | subject), data[data$kept == "yes", ], control = control
)
stopifnot(abs(logLik(restricted) + 830.2584810620095) < 1e-8)
