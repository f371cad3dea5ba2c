-- Writes the figures of a case, in their order; the first $3 of them lead. What was not scored comes as -1.
insert into risk_figures (case_id, number, marac_id, place, leads, assessment_id, score, answered_count,
  not_asked_count)
select $1, x.n, $2, x.place, x.n <= $3, x.assessment_id, nullif(x.score, -1), x.answered, x.not_asked
from unnest($4::text[], $5::uuid[], $6::smallint[], $7::smallint[], $8::smallint[])
  with ordinality as x(place, assessment_id, score, answered, not_asked, n)
