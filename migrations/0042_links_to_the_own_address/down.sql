delete from outbox where letter is not null or kind in ('account_made', 'account_changed', 'role_granted',
  'grant_to_confirm', 'client_changed', 'own_account_changed');
delete from notification_preferences where kind in ('account_made', 'account_changed', 'role_granted',
  'grant_to_confirm', 'client_changed', 'own_account_changed');
delete from notifications where kind in ('account_made', 'account_changed', 'role_granted',
  'grant_to_confirm', 'client_changed', 'own_account_changed');
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

drop function post_letter;
alter table outbox drop constraint outbox_sealed_until_ended;
alter table outbox drop constraint outbox_notice_or_letter;
alter table outbox drop column master_key_id;
alter table outbox drop column sealed;
alter table outbox drop column letter;
alter table outbox alter column kind set not null;
drop table address_changes;
alter table users drop column address_changed_at;
alter table users drop column in_hand_of;
