-- A referrer challenges a refusal (R3): whoever decides again is told.
do $$
declare t text;
begin
  foreach t in array array['notifications', 'notification_preferences', 'outbox'] loop
    execute format('alter table %I drop constraint %I', t, t || '_kind_check');
    execute format($c$alter table %I add constraint %I check (kind in (
      'referral_received', 'referral_returned', 'referral_accepted', 'referral_not_accepted',
      'decision_challenged', 'case_listed', 'research_due', 'research_late', 'meeting_moved',
      'meeting_cancelled', 'action_assigned', 'action_due', 'action_overdue', 'action_escalated',
      'action_reported', 'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing',
      'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken', 'password_reset'
    ))$c$, t, t || '_kind_check');
  end loop;
end $$;
