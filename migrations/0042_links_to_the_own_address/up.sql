-- A link to an account goes to the account's own address and stands in no answer; a changed address is
-- confirmed by its person; whoever is concerned is told.

-- Whose doing an account is: who made it, or changed its address before it was taken up. Null: nobody's
-- alone. It was made at the command line, or a second person has confirmed a grant to it.
alter table users add column in_hand_of uuid references users;
create index users_in_hand_of on users (in_hand_of) where in_hand_of is not null;
alter table users add column address_changed_at timestamptz;
comment on column users.in_hand_of is
  'Who made the account, until a second person has confirmed a grant to it. Null: nobody alone.';
comment on column users.address_changed_at is
  'When its address last changed: for a day after that no password is reset.';

-- Accounts of before are in the hand of who invited them, unless they hold a strong role already.
update users u set in_hand_of = i.created_by
from (select distinct on (user_id) user_id, created_by from invitations
  order by user_id, created_at, id) i
where i.user_id = u.id and i.created_by is not null and i.created_by <> u.id and not u.administrator
  and not exists (select from role_grants g where g.user_id = u.id and g.ends_at > now()
    and g.role in ('coordinator', 'chair', 'idva'));

create table address_changes (
  id uuid primary key,
  user_id uuid not null references users,
  email text not null check (email = lower(email)),
  token_hash bytea unique,
  asked_by uuid references users,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  created_at timestamptz not null
);
create index address_changes_user on address_changes (user_id, id);
create index address_changes_asked_by on address_changes (asked_by) where asked_by is not null;
comment on table address_changes is
  'New addresses that were asked for. The old one holds until the account''s person confirms from the new one.';
comment on column address_changes.token_hash is 'Of the link. Null while nobody was sent one.';
grant select, insert, update on address_changes to toldonce_app;

-- Letters about an account: to an address that is fixed when they are written, whatever the account's
-- notices and roles are. What they say, a link too, is sealed under the master key, and gone once the
-- letter has ended.
alter table outbox alter column kind drop not null;
alter table outbox add column letter text
  check (letter in ('invitation', 'password_link', 'address_link', 'account_changed'));
alter table outbox add column sealed bytea;
alter table outbox add column master_key_id text;
alter table outbox add constraint outbox_notice_or_letter check (num_nonnulls(kind, letter) = 1);
alter table outbox add constraint outbox_sealed_until_ended
  check ((sealed is not null) = (letter is not null and outcome is null));
comment on column outbox.sealed is 'Address and words of a letter; null once it has ended.';

create function post_letter(
  p_id uuid, p_user uuid, p_letter text, p_sealed bytea, p_master_key text, p_now timestamptz
) returns void language sql volatile security definer set search_path = public as $$
  insert into outbox (id, user_id, letter, notices, sealed, master_key_id, next_at, created_at)
  values (p_id, p_user, p_letter, '{}', p_sealed, p_master_key, p_now, p_now)
$$;
revoke execute on function post_letter from public;
grant execute on function post_letter to toldonce_app;

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
      'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken', 'password_reset',
      'account_made', 'account_changed', 'role_granted', 'grant_to_confirm', 'client_changed',
      'own_account_changed'
    ))$c$, t, t || '_kind_check');
  end loop;
end $$;
