# Writes the reference values of tests/sets/test_time_dependent.py.
# Run in this folder: Rscript time_dependent.R
# R 4.2.2, survival 3.5-3. Values at full precision.
#
# Data: jasa of R's survival package (Therneau; LGPL-2), the Stanford heart transplant
# programme (Crowley and Hu, J Am Stat Assoc 1977;72:27): follow-up and transplantation
# only, with the half days by which its help page parts events at one time.
library(survival)
options(digits = 17)

save <- function(table, file) {
  numeric <- sapply(table, is.numeric)
  table[numeric] <- lapply(table[numeric], function(x) {
    ifelse(is.na(x), "", sprintf("%.17g", x))
  })
  write.csv(table, file, row.names = FALSE, quote = FALSE, na = "")
}

d <- with(survival::jasa, data.frame(
  id = seq_along(futime), days = pmax(0.5, futime), event = fustat,
  moved = transplant, moved_day = wait.time
))
same <- d$moved == 1 & d$moved_day == d$days
d$moved_day[same] <- d$moved_day[same] - 0.5
d$moved_day[d$moved == 0] <- NA
save(d, "jasa.csv")

tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
naive <- coxph(Surv(days, event) ~ moved, d, control = tight)
stays <- tmerge(
  d[c("id", "days", "event", "moved_day")], d,
  id = id, died = event(days, event), inside = tdc(moved_day)
)
moving <- coxph(Surv(tstart, tstop, died) ~ inside, stays, control = tight)
exact <- coxph(
  Surv(tstart, tstop, died) ~ inside, stays,
  ties = "exact", control = tight
)
log_likelihood <- function(beta) {
  coxph(Surv(tstart, tstop, died) ~ offset(beta * inside), stays)$loglik[1]
}
drop <- function(beta) {
  log_likelihood(beta) - moving$loglik[2] + qchisq(0.95, 1) / 2
}
best <- coef(moving)[[1]]
limit <- function(from, to) exp(uniroot(drop, c(from, to), tol = 1e-13)$root)
wald <- function(fit) summary(fit)$coefficients[1, "Pr(>|z|)"]
save(
  data.frame(
    naive_ratio = exp(coef(naive)[[1]]), naive_wald_p = wald(naive),
    coefficient = best, low = limit(-4, best), high = limit(best, 4),
    wald_p = wald(moving),
    likelihood_p = pchisq(
      2 * diff(moving$loglik), 1,
      lower.tail = FALSE
    ),
    mantel_byar = exact$score,
    zph = cox.zph(moving)$table[1, "chisq"]
  ),
  "jasa_fits.csv"
)

curve <- summary(
  survfit(Surv(tstart, tstop, died) ~ inside, stays, conf.type = "log-log"),
  censored = TRUE
)
save(
  with(curve, data.frame(
    group = sub("inside=", "", strata), time, at_risk = n.risk, events = n.event,
    survival = surv, low = lower, high = upper
  )),
  "jasa_curves.csv"
)
