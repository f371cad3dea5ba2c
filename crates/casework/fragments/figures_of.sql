-- figures_of(case): the figures of the case of this id as one JSON text, to be read as a `CaseRisk`.
coalesce((
  select json_agg(
    json_build_object(
      'place', f.place,
      'leading', f.leads,
      'score', f.score,
      'maximum', fa.maximum,
      'tool', fa.tool,
      'tool_version', fa.tool_version,
      'tool_role', fa.tool_role,
      'answered_count', f.answered_count,
      'not_asked_count', f.not_asked_count,
      'score_complete', f.score is not null and fa.not_asked_count = 0 and f.score = fa.score,
      'assessed_on', fa.assessed_on,
      'assessed_by', json_build_object('agency_id', fa.agency_id, 'agency', fg.name, 'how', fa.assessed_how),
      'assessment_id', fa.id)
    order by f.number)
  from risk_figures f
  join risk_assessments fa on fa.id = f.assessment_id
  join agencies fg on fg.id = fa.agency_id
  where f.case_id = {case}
), '[]'::json)::text
