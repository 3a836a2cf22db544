# Writes what every run of the workflow holds the package against:
# src/her2ctdna/reference/r_data.tsv (made-up patients) and r_values.tsv.
# Run in this folder: Rscript self_check.R
# R 4.2.2, survival 3.5-3. Values at full precision.
library(survival)
options(digits = 17)

folder <- "../../src/her2ctdna/reference"
version <- paste0(
  "R ", getRversion(), ", survival ", packageVersion("survival")
)
save <- function(table, file) {
  numeric <- sapply(table, is.numeric)
  table[numeric] <- lapply(table[numeric], function(x) {
    ifelse(is.na(x), "", sprintf("%.17g", x))
  })
  write.table(
    table, file.path(folder, file),
    sep = "\t", row.names = FALSE, quote = FALSE, na = ""
  )
}

# Made-up: ties, censoring at the time of an event, a curve that crosses one half.
d <- data.frame(
  patient_id = sprintf("R%02d", 1:24),
  days = c(
    21, 42, 42, 63, 63, 84, 84, 84, 105, 126, 126, 147,
    42, 84, 105, 126, 168, 168, 189, 210, 210, 252, 294, 315
  ),
  event = c(1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0),
  group = rep(0:1, each = 12),
  switch_day = c(
    NA, NA, 21, NA, 40, NA, 63, 42, NA, 21, NA, 84,
    NA, 42, 21, NA, 40, 63, 21, NA, 105, 42, 21, 63
  )
)
save(d, "r_data.tsv")

rows <- list()
keep <- function(check, call, inputs, values) {
  rows[[length(rows) + 1]] <<- data.frame(
    check = check, quantity = names(values), value = unname(values),
    inputs = inputs, call = call, version = version
  )
}
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)

# One rate, two rates.
exact <- binom.test(16, 42)$conf.int
keep("clopper_pearson", "binom.test(16, 42)", "16/42", c(ci_low = exact[1], ci_high = exact[2]))
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
score <- wilson(16, 42)
keep(
  "wilson", "prop.test(16, 42, correct = FALSE)", "16/42",
  c(ci_low = score[1], ci_high = score[2])
)
first <- wilson(10, 26)
second <- wilson(4, 14)
rate <- c(10 / 26, 4 / 14)
difference <- rate[1] - rate[2]
keep(
  "newcombe", "two intervals of prop.test, joined as Newcombe's method 10",
  "10/26 v 4/14",
  c(
    difference = difference,
    ci_low = difference - sqrt((rate[1] - first[1])^2 + (second[2] - rate[2])^2),
    ci_high = difference + sqrt((first[2] - rate[1])^2 + (rate[2] - second[1])^2)
  )
)

# Miettinen and Nurminen: the restricted likelihood maximised by optimize.
restricted <- function(delta, x1, n1, x2, n2) {
  log_likelihood <- function(p2) {
    p1 <- p2 + delta
    dbinom(x1, n1, p1, log = TRUE) + dbinom(x2, n2, p2, log = TRUE)
  }
  bounds <- c(max(0, -delta), min(1, 1 - delta)) + c(1e-13, -1e-13)
  # The score equation, solved: optimize alone is good to 1e-8 only.
  slope <- function(p2) {
    p1 <- p2 + delta
    x1 / p1 - (n1 - x1) / (1 - p1) + x2 / p2 - (n2 - x2) / (1 - p2)
  }
  if (slope(bounds[1]) <= 0) return(bounds[1])
  if (slope(bounds[2]) >= 0) return(bounds[2])
  uniroot(slope, bounds, tol = 1e-15)$root
}
score_limits <- function(x1, n1, x2, n2) {
  d <- x1 / n1 - x2 / n2
  distance <- function(delta) {
    p2 <- restricted(delta, x1, n1, x2, n2)
    p1 <- p2 + delta
    variance <- (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    (d - delta)^2 / variance - qchisq(0.95, 1)
  }
  c(
    ci_low = uniroot(distance, c(-0.999, d), tol = 1e-14)$root,
    ci_high = uniroot(distance, c(d, 0.999), tol = 1e-14)$root
  )
}
keep(
  "miettinen_nurminen", "uniroot over the restricted likelihood",
  "10/26 v 4/14", score_limits(10, 26, 4, 14)
)

# Fisher's test and the conditional odds ratio, solved to full precision.
table <- rbind(c(10, 16), c(4, 10))
support <- 0:14
weight <- dhyper(support, 26, 14, 14, log = TRUE)
chances <- function(beta) {
  terms <- weight + beta * support
  terms <- exp(terms - max(terms))
  terms / sum(terms)
}
solve_for <- function(f) exp(uniroot(f, c(-20, 20), tol = 1e-14)$root)
keep(
  "fisher", "fisher.test; odds ratio and limits by uniroot", "10/26 v 4/14",
  c(
    p_value = fisher.test(table)$p.value,
    odds_ratio = solve_for(function(b) sum(chances(b) * support) - 10),
    ci_low = solve_for(function(b) sum(chances(b)[support >= 10]) - 0.025),
    ci_high = solve_for(function(b) sum(chances(b)[support <= 10]) - 0.025)
  )
)

# Firth's penalty, in base R: log likelihood plus half the log determinant.
x <- c(rep(1, 26), rep(0, 14))
y <- c(rep(1, 10), rep(0, 16), rep(1, 4), rep(0, 10))
penalised <- function(a, b) {
  p <- plogis(a + b * x)
  design <- cbind(1, x)
  information <- crossprod(design * sqrt(p * (1 - p)))
  sum(dbinom(y, 1, p, log = TRUE)) + log(det(information)) / 2
}
at <- function(b) {
  optimize(function(a) penalised(a, b), c(-6, 6), maximum = TRUE, tol = 1e-12)$objective
}
cells <- c(10, 16, 4, 10) + 0.5
best <- log(cells[1] * cells[4] / (cells[2] * cells[3]))
drop <- function(b) at(best) - at(b) - qchisq(0.95, 1) / 2
keep(
  "firth_logistic", "optimize and uniroot over the penalised likelihood",
  "10/26 v 4/14",
  c(
    odds_ratio = exp(best),
    ci_low = exp(uniroot(drop, c(-6, best), tol = 1e-13)$root),
    ci_high = exp(uniroot(drop, c(best, 6), tol = 1e-13)$root),
    p_value = pchisq(2 * (at(best) - at(0)), 1, lower.tail = FALSE)
  )
)

# Cochran and Armitage: all ways to deal 20 events among 42 patients.
events <- c(2, 4, 8, 6)
totals <- c(9, 11, 14, 8)
ways <- expand.grid(lapply(totals, function(n) 0:n))
ways <- as.matrix(ways[rowSums(ways) == sum(events), ])
chance <- exp(
  rowSums(sapply(1:4, function(i) lchoose(totals[i], ways[, i]))) -
    lchoose(sum(totals), sum(events))
)
sums <- ways %*% 0:3
middle <- sum(events) * sum(totals * 0:3) / sum(totals)
keep(
  "cochran_armitage_exact", "expand.grid over all tables",
  "2/9, 4/11, 8/14, 6/8; scores 0, 1, 2, 3",
  c(p_value = sum(chance[abs(sums - middle) >= abs(sum(events * 0:3) - middle) - 1e-9]))
)
keep(
  "freeman_halton", "fisher.test", "2/9, 4/11, 8/14, 6/8",
  c(p_value = fisher.test(rbind(events, totals - events))$p.value)
)
p_values <- c(0.01, 0.04, 0.03, 0.5, 0.02)
q_values <- p.adjust(p_values, "BH")
names(q_values) <- paste0("q_", seq_along(q_values))
keep("benjamini_hochberg", "p.adjust(p, 'BH')", paste(p_values, collapse = ", "), q_values)

# Times to event.
curve <- survfit(Surv(days, event) ~ 1, d, conf.type = "log-log")
found <- summary(curve)$table
at_84 <- summary(curve, times = 84)
keep(
  "kaplan_meier", "survfit(Surv(days, event) ~ 1, conf.type = 'log-log')",
  "24 made-up patients",
  c(
    median = found[["median"]], ci_low = found[["0.95LCL"]], ci_high = found[["0.95UCL"]],
    survival_day_84 = at_84$surv, low_day_84 = at_84$lower, high_day_84 = at_84$upper
  )
)
log_rank <- survdiff(Surv(days, event) ~ group, d)
keep(
  "log_rank", "survdiff(Surv(days, event) ~ group)", "24 made-up patients, 12 v 12",
  c(chi_square = log_rank$chisq, p_value = pchisq(log_rank$chisq, 1, lower.tail = FALSE))
)
hazard <- function(fit, log_likelihood) {
  best <- coef(fit)[[1]]
  drop <- function(beta) {
    log_likelihood(beta) - fit$loglik[2] + qchisq(0.95, 1) / 2
  }
  c(
    hazard_ratio = exp(best),
    ci_low = exp(uniroot(drop, c(-6, best), tol = 1e-14)$root),
    ci_high = exp(uniroot(drop, c(best, 6), tol = 1e-14)$root),
    p_value = pchisq(2 * diff(fit$loglik), 1, lower.tail = FALSE)
  )
}
keep(
  "cox_profile",
  "coxph(Surv(days, event) ~ group, ties = 'efron'); limits by uniroot",
  "24 made-up patients, 12 v 12",
  hazard(
    coxph(Surv(days, event) ~ group, d, control = tight),
    function(b) coxph(Surv(days, event) ~ offset(b * group), d)$loglik[1]
  )
)
stays <- tmerge(
  d[c("patient_id", "days", "event", "switch_day")], d,
  id = patient_id, died = event(days, event), inside = tdc(switch_day)
)
keep(
  "cox_time_dependent",
  "coxph(Surv(tstart, tstop, died) ~ inside), of tmerge; limits by uniroot",
  "24 made-up patients, 16 of whom change side",
  hazard(
    coxph(Surv(tstart, tstop, died) ~ inside, stays, control = tight),
    function(b) coxph(Surv(tstart, tstop, died) ~ offset(b * inside), stays)$loglik[1]
  )
)
save(do.call(rbind, rows), "r_values.tsv")
