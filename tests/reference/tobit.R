# Writes the reference values of tests/ctdna/test_courses.py: straight lines through log
# levels of which some lie below their limit. Run in this folder: Rscript tobit.R
# R 4.2.2, survival 3.5-3. Values at full precision.
library(survival)
options(digits = 17)

# log_level of a censored point is the log of its limit
points <- rbind(
  data.frame(
    case = "none_censored", day = c(0, 21, 42, 84),
    log_level = c(-3.1, -3.9, -5.2, -6.4), is_censored = FALSE
  ),
  data.frame(
    case = "last_censored", day = c(-1, 20, 43, 85),
    log_level = c(-3.5, -4.7, -5.4, -7.6), is_censored = c(FALSE, FALSE, FALSE, TRUE)
  ),
  data.frame(
    case = "two_limits", day = c(0, 19, 45, 80, 126, 171),
    log_level = c(-2.9, -4.4, -4.2, -7.1, -6.8, -8.0),
    is_censored = c(FALSE, FALSE, FALSE, TRUE, FALSE, TRUE)
  ),
  data.frame(
    case = "mostly_censored", day = c(0, 7, 14, 21, 42, 63, 84, 105),
    log_level = c(-4.0, -4.9, -5.1, -6.9, -7.2, -7.0, -7.3, -7.1),
    is_censored = rep(c(FALSE, TRUE), c(3, 5))
  )
)
control <- survreg.control(rel.tolerance = 1e-14, maxiter = 1000)

fit <- function(d, slope = NULL) {
  d$seen <- as.numeric(!d$is_censored)
  formula <- Surv(log_level, seen, type = "left") ~ day
  if (!is.null(slope)) {
    d$moved <- d$log_level - slope * d$day
    formula <- Surv(moved, seen, type = "left") ~ 1
  }
  survreg(formula, data = d, dist = "gaussian", control = control)
}

# Ends of the profile interval whose cut-off gives the t interval of a regression
# when nothing is censored; its degrees of freedom are those of the detected points.
describe <- function(d) {
  whole <- fit(d)
  slope <- unname(coef(whole)["day"])
  n <- sum(!d$is_censored)
  fall <- 0.5 * n * log1p(qt(0.975, n - 2)^2 / (n - 2))
  excess <- function(b) whole$loglik[2] - fit(d, b)$loglik[1] - fall
  end <- function(side) {
    far <- slope + side * abs(slope)
    while (excess(far) < 0) far <- far + side * abs(slope)
    uniroot(excess, sort(c(slope, far)), tol = 1e-13)$root
  }
  data.frame(slope = slope, slope_low = end(-1), slope_high = end(1))
}

save <- function(table, file) {
  numeric <- sapply(table, is.numeric)
  table[numeric] <- lapply(table[numeric], function(x) sprintf("%.17g", x))
  write.csv(table, file, row.names = FALSE, quote = FALSE)
}

save(points, "tobit.points.csv")
save(
  do.call(rbind, lapply(split(points, points$case), function(d) {
    cbind(case = d$case[1], describe(d))
  })),
  "tobit.csv"
)
