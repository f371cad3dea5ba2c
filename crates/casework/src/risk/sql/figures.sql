-- The figures of one case.
select {figures_of($1)} as risk
