delete from outbox where kind = 'password_reset';
delete from notification_preferences where kind = 'password_reset';
delete from notifications where kind = 'password_reset';
do $$
declare t text;
begin
  foreach t in array array['notifications', 'notification_preferences', 'outbox'] loop
    execute format('alter table %I drop constraint %I', t, t || '_kind_check');
    execute format($c$alter table %I add constraint %I check (kind in (
      'referral_received', 'referral_returned', 'referral_accepted', 'referral_not_accepted',
      'case_listed', 'research_due', 'research_late', 'meeting_moved', 'meeting_cancelled',
      'action_assigned', 'action_due', 'action_overdue', 'action_escalated', 'action_reported',
      'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing', 'case_lapsed',
      'flag_due', 'idva_contact_due', 'cover_taken'
    ))$c$, t, t || '_kind_check');
  end loop;
end $$;
drop trigger live_holder on actions;
drop trigger live_holder on cases;
drop trigger live_holder on referrals;
drop trigger live_holder on circle;
drop trigger live_holder on attendances;
drop trigger live_holder on idva_allocations;
drop trigger live_holder on role_grants;
drop function refuse_closed_account;
drop function hand_over(uuid, uuid, timestamptz, date, uuid, uuid, uuid[]);
drop function duties_of(uuid, uuid);
drop table absences;
alter table role_grants drop column deputy_id;
