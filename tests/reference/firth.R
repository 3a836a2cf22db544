# Writes the reference values of test_firth.py for covariates far from zero (age, year
# of the calendar) in separated data. Run in this folder: Rscript firth.R
# R 4.2.2, brglm2 0.9. Values at full precision.
#
# Estimates are brglm2's (Firth's penalty is its AS_mean). Limits and p are of the
# penalised profile likelihood, written out below: optim over the other coefficients,
# uniroot for the level. logistf (Heinze and Ploner) is not in Debian.
suppressMessages(library(brglm2))
options(digits = 17)

simulate <- function(seed, covariate) {
  set.seed(seed)
  n <- 34
  group <- rep(0:1, c(14, 20))
  age <- round(rnorm(n, 58, 11))
  year <- sample(2019:2024, n, replace = TRUE)
  event <- as.numeric(group == 1 & runif(n) < plogis((age - 58) / 20))
  data.frame(event, group, covariate = if (covariate == "age") age else year)
}

penalised <- function(beta, x, y) {
  eta <- drop(x %*% beta)
  w <- plogis(eta) * plogis(-eta)
  fit <- sum(plogis(ifelse(y == 1, eta, -eta), log.p = TRUE))
  fit + determinant(crossprod(x * sqrt(w)))$modulus[[1]] / 2
}

# Centred and scaled for optim alone; the coefficients are given back in own units.
describe <- function(set, d, column) {
  centre <- c(0, mean(d$covariate))
  scale <- c(1, sd(d$covariate))
  z <- cbind(1, d$group, (d$covariate - centre[2]) / scale[2])
  place <- column + 1
  profile <- function(value) {
    objective <- function(rest) {
      beta <- numeric(3)
      beta[-place] <- rest
      beta[place] <- value
      -penalised(beta, z, d$event)
    }
    found <- list(par = c(0, 0))
    for (round in 1:6) {
      found <- optim(found$par, objective, control = list(reltol = 1e-15, maxit = 5000))
    }
    -found$value
  }
  fit <- glm(
    event ~ group + covariate, data = d, family = binomial(),
    method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 10000
  )
  own <- coef(fit)[[place]] * scale[column]
  top <- profile(own)
  level <- top - qchisq(0.95, 1) / 2
  limit <- function(from, to) {
    uniroot(function(b) profile(b) - level, c(from, to), tol = 1e-10)$root
  }
  reach <- 40
  data.frame(
    set = set, column = c("group", "covariate")[column], beta = coef(fit)[[place]],
    low = limit(own - reach, own) / scale[column],
    high = limit(own, own + reach) / scale[column],
    p = pchisq(2 * (top - profile(0)), 1, lower.tail = FALSE)
  )
}

sets <- list(age = simulate(20, "age"), year = simulate(2, "year"))
data <- do.call(rbind, lapply(names(sets), function(s) cbind(set = s, sets[[s]])))
write.csv(data, "firth_data.csv", row.names = FALSE, quote = FALSE)
rows <- do.call(rbind, lapply(names(sets), function(s) {
  rbind(describe(s, sets[[s]], 1), describe(s, sets[[s]], 2))
}))
rows[-(1:2)] <- lapply(rows[-(1:2)], function(x) sprintf("%.17g", x))
write.csv(rows, "firth.csv", row.names = FALSE, quote = FALSE)
