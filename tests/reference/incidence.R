# Writes the reference values of tests/safety/test_exposure.py: events per 100 patient-years
# with the exact Poisson interval. Run in this folder: Rscript incidence.R
# R 4.2.2. Values at full precision.
cases <- expand.grid(events = 0:42, days = c(239, 8064), confidence = c(0.9, 0.95))
rows <- Map(function(events, days, confidence) {
  found <- poisson.test(events, days / 36525, conf.level = confidence)
  values <- c(found$estimate, found$conf.int)
  data.frame(events, days, confidence, t(sprintf("%.17g", values)))
}, cases$events, cases$days, cases$confidence)
table <- do.call(rbind, rows)
names(table)[4:6] <- c("incidence", "low", "high")
write.csv(table, "incidence.csv", row.names = FALSE, quote = FALSE)
