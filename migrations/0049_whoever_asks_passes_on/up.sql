-- A grant that waited for a second person was asked for by somebody. If they are excluded, what they asked
-- for inherits it, as it would without a second person: a role in its MARAC, wider rights of a client, a link
-- of an actor.
create function grant_was_confirmed() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_agency uuid;
begin
  select coalesce((select agency_id from users where id = new.user_id),
    (select agency_id from api_clients where id = new.client_id)) into v_agency;
  case new.kind
    when 'link' then perform inherit_exclusions(new.asked_by, null, new.actor_id, null, v_agency, null);
    when 'rights' then perform inherit_exclusions(new.asked_by, null, null, new.client_id, v_agency, null);
    else perform inherit_exclusions(new.asked_by, new.user_id, null, new.client_id, v_agency, new.marac_id);
  end case;
  return null;
end $$;
create trigger inherit after update of outcome on pending_grants for each row
  when (new.outcome = 'confirmed') execute function grant_was_confirmed();
revoke all on function grant_was_confirmed from public;
