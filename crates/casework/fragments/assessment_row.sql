-- assessment_row(): the risk assessments at `r`, as parts of a case file.
select 'assessment' as kind, r.id, null::uuid as parent, r.version,
  json_build_object(
    'tool', r.tool,
    'tool_version', r.tool_version,
    'score', r.score,
    'yes_count', r.yes_count,
    'no_count', r.no_count,
    'dont_know_count', r.dont_know_count,
    'not_asked_count', r.not_asked_count,
    'assessed_on', r.assessed_on,
    'maximum', r.maximum,
    'tool_role', r.tool_role,
    'how', r.assessed_how,
    'actor_id', r.actor_id,
    'agency_id', r.agency_id,
    'created_by', r.created_by,
    'referral_id', r.referral_id,
    'supersedes_id', r.supersedes_id,
    'created_at', r.created_at)::text as plain,
  r.sealed
from risk_assessments r
