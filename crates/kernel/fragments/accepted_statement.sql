-- accepted_statement(meeting): the caller has accepted the confidentiality statement of this meeting (R19).
-- It is a person who accepts: somebody with an account, a partner's registered person with the account they are linked
-- to, or one whose signature on paper was recorded. A program that acts for nobody sits at no meeting.
exists (
  select from attendances t
  where t.meeting_id = {meeting}
    and t.confidentiality_accepted_at is not null
    and (t.user_id = $user or t.actor_id = $actor))
