-- A page of the events of a MARAC, newest first, without those of cases closed to the reader and of drafts, which are
-- their authors' alone.
-- Each page is taken by index before names are joined to it.
with own as materialized (
  select e.*, e.case_id as place
  from audit_events e
  where e.marac_id = $1
    and {wanted_event(e.case_id)}
  order by e.at desc, e.id desc
  limit $7
), refused as materialized (
  select e.*, p.case_id as place
  from audit_events e
  -- A refusal is written without asking what it was refused on, so that hidden and unknown things leave the same rows;
  -- where its thing stands is found when it is read, under the reader's own second lock. `tests/api/source.rs` holds
  -- this list against what is asked.
  cross join lateral (
    {place(marac, maracs, t.id, null::uuid)}
    union all
    {place(meeting, meetings, t.marac_id, null::uuid)}
    union all
    {place(case, cases, t.marac_id, t.id)}
    union all
    {place(referral, referrals, t.marac_id, t.case_id)}
    union all
    {place(party, parties, t.marac_id, t.case_id)}
    union all
    {place(address, party_addresses, t.marac_id, t.case_id)}
    union all
    {place(contact, party_contacts, t.marac_id, t.case_id)}
    union all
    {place(account_entry, account_entries, t.marac_id, t.case_id)}
    union all
    {place(question, questions, t.marac_id, t.case_id)}
    union all
    {place(agenda_item, agenda_items, t.marac_id, t.case_id)}
    union all
    {place(hearing_entry, hearing_entries, t.marac_id, t.case_id)}
    union all
    {place(action, actions, t.marac_id, t.case_id)}
    union all
    {place(flag, flags, t.marac_id, t.case_id)}
    union all
    {place(idva_allocation, idva_allocations, t.marac_id, t.case_id)}
    union all
    {place(share, circle, t.marac_id, t.case_id)}
    union all
    {place(exclusion, exclusions, t.marac_id, t.case_id)}
    union all
    {place(difference, identity_differences, t.marac_id, t.case_id)}
    union all
    {place(user, {places_of_user()}, t.marac_id, null::uuid)}
    union all
    {place(api_client, {places_of_client()}, t.marac_id, null::uuid)}
    union all
    {place(registered_actor, {places_of_actor()}, t.marac_id, null::uuid)}
    union all
    {place(pending_grant, {places_of_grant()}, t.marac_id, null::uuid)}
  ) p
  where e.marac_id is null
    and e.outcome in ('denied', 'not_found')
    and p.marac_id = $1
    -- Refusals are looked through only as far back as the MARAC's own page reaches.
    and e.at >= coalesce((select at from own order by at desc, id desc offset $7 - 1), '-infinity')
    and {wanted_event(p.case_id)}
  order by e.at desc, e.id desc
  limit $7
)
select e.id, e.at, e.act, e.outcome, e.principal, e.user_id, coalesce(u.name, r.name) as name, e.client_id, e.actor_id,
  e.agency_id, e.place as case_id, c.code as case_code, e.subject, e.subject_id, e.fields, e.rows_seen, e.request_id
from (
  select * from own
  union all
  select * from refused
  order by at desc, id desc
  limit $7
) e
left join users u on u.id = e.user_id
left join registered_actors r on r.id = e.actor_id
left join cases c on c.id = e.place
order by e.at desc, e.id desc
