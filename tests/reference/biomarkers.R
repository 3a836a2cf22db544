# Writes the reference values of tests/statistics/test_ranks.py, test_correlation.py
# and test_hazard_per_doubling.py: biomarkers.csv. Run in this folder: Rscript biomarkers.R
# R 4.2.2, survival 3.5-3, pROC 1.18.0. Values at full precision.
suppressMessages({library(survival); library(pROC)})

rows <- list()
keep <- function(what, name, value) {
  rows[[length(rows) + 1]] <<- sprintf("%s,%s,%.17g", what, name, value)
}

# Two samples: without ties, with ties, and with values below detection (-Inf).
samples <- list(
  plain = list(
    a = c(1.1, 2.3, 0.4, 5.9, 3.2, 4.8, 2.7),
    b = c(0.2, 1.7, 0.9, 2.1, 0.1, 3.1, 1.3, 0.6, 2.9)
  ),
  tied = list(a = c(1, 2, 2, 3, 4, 4, 5), b = c(0, 1, 1, 2, 2, 3, 0, 1)),
  below = list(
    a = c(-Inf, -Inf, -3, -2.5, -4), b = c(-Inf, -1, -0.5, 0, 0.3, -2, 1, -1.5)
  ),
  small = list(a = c(1, 2), b = c(3, 4, 5))
)

# Every division of the values into two groups of these sizes, one by one.
rank_sum_p <- function(a, b) {
  ranks <- rank(c(a, b))
  sums <- combn(length(ranks), length(a), function(who) sum(ranks[who]))
  mean <- length(a) * (length(ranks) + 1) / 2
  observed <- sum(ranks[seq_along(a)])
  sum(abs(sums - mean) >= abs(observed - mean) - 1e-9) / length(sums)
}
for (name in names(samples)) {
  s <- samples[[name]]
  keep(name, "rank_sum_p", rank_sum_p(s$a, s$b))
  curve <- roc(
    rep(c(0, 1), c(length(s$b), length(s$a))), rank(c(s$b, s$a)),
    direction = "<", quiet = TRUE
  )
  keep(name, "auc", as.numeric(auc(curve)))
  if (name != "small") {
    limits <- as.numeric(ci.auc(curve, method = "delong"))
    keep(name, "auc_low", limits[1])
    keep(name, "auc_high", limits[3])
  }
}
plain <- samples$plain
exact <- wilcox.test(plain$a, plain$b, exact = TRUE, conf.int = TRUE)
keep("plain", "wilcox_p", exact$p.value)
keep("plain", "shift", exact$estimate)
keep("plain", "shift_low", exact$conf.int[1])
keep("plain", "shift_high", exact$conf.int[2])

# Spearman: exact p of R at n = 7, and the correlation with ties.
x <- c(2.1, 0.4, 3.3, 1.8, 5.2, 4.1, 0.9)
y <- c(-10, -15, 5, -30, 12, 20, -35)
found <- cor.test(x, y, method = "spearman", exact = TRUE)
keep("spearman", "rho", found$estimate)
keep("spearman", "p", found$p.value)
keep("spearman_tied", "rho", cor(c(1, 2, 2, 3, 4, 4), c(2, 1, 3, 3, 5, 4),
  method = "spearman"
))
slopes <- outer(seq_along(x), seq_along(x), function(i, j) {
  ifelse(i < j, (y[j] - y[i]) / (x[j] - x[i]), NA)
})
keep("theil_sen", "slope", median(slopes, na.rm = TRUE))

# Cox per unit of a continuous covariate, Efron, with the profile interval.
lung <- subset(survival::lung, !is.na(wt.loss))[1:60, ]
lung$x <- log2(lung$age)
fit <- coxph(Surv(time, status) ~ x, data = lung, control = coxph.control(eps = 1e-11, toler.chol = 1e-13))
profile <- function(beta) {
  coxph(Surv(time, status) ~ offset(beta * x), data = lung)$loglik[1]
}
level <- fit$loglik[2] - qchisq(0.95, 1) / 2
limit <- function(to) {
  uniroot(function(b) profile(b) - level, c(coef(fit), to), tol = 1e-12)$root
}
keep("cox", "hazard_ratio", exp(coef(fit)))
keep("cox", "low", exp(limit(coef(fit) - 10)))
keep("cox", "high", exp(limit(coef(fit) + 10)))
keep("cox", "p", pchisq(2 * diff(fit$loglik), 1, lower.tail = FALSE))

# Natural spline with three knots against a line.
knots <- quantile(lung$x, c(0.1, 0.5, 0.9))
cube <- function(k) pmax(lung$x - k, 0)^3
lung$bend <- cube(knots[1]) -
  cube(knots[2]) * (knots[3] - knots[1]) / (knots[3] - knots[2]) +
  cube(knots[3]) * (knots[2] - knots[1]) / (knots[3] - knots[2])
lung$bend <- lung$bend / (knots[3] - knots[1])^2
bent <- coxph(Surv(time, status) ~ x + bend, data = lung)
statistic <- 2 * (bent$loglik[2] - fit$loglik[2])
keep("spline", "statistic", statistic)
keep("spline", "p", pchisq(statistic, 1, lower.tail = FALSE))

writeLines(c("what,name,value", unlist(rows)), "biomarkers.csv")
write.csv(
  data.frame(time = lung$time, event = lung$status - 1, age = lung$age),
  "biomarkers_lung.csv", row.names = FALSE, quote = FALSE
)
