-- Records that parts could not be read. The function is the owner's, so that no reader is kept from the rest by what
-- they may not see or write. A part that is met again within the hour writes nothing. A part is of a case or of a
-- meeting: of whichever has the id under which it was found.
create or replace function record_damage(p_ids uuid[], p_cases uuid[], p_parts text[], p_fields text[], p_rows uuid[],
  p_digests text[], p_now timestamptz)
returns void language sql security definer set search_path = public as $$
  insert into damaged_parts as d (id, marac_id, case_id, part, field, row_id, digest, found_at, seen_at)
  select distinct on (x.part, x.field, x.row_id) x.id, c.marac_id, c.id, x.part, x.field, x.row_id, x.digest, p_now, p_now
  from unnest(p_ids, p_cases, p_parts, p_fields, p_rows, p_digests) as x(id, case_id, part, field, row_id, digest)
  join cases c on c.id = x.case_id
  order by x.part, x.field, x.row_id, x.id
  on conflict (part, field, row_id) do update set digest = excluded.digest, seen_at = excluded.seen_at,
    marac_id = excluded.marac_id, case_id = excluded.case_id,
    found_at = case when d.digest = excluded.digest then d.found_at else excluded.found_at end
  where d.digest is distinct from excluded.digest or d.case_id <> excluded.case_id
    or d.seen_at < excluded.seen_at - interval '1 hour';
  insert into damaged_meeting_parts as d (id, marac_id, meeting_id, part, field, row_id, digest, found_at, seen_at)
  select distinct on (x.part, x.field, x.row_id) x.id, m.marac_id, m.id, x.part, x.field, x.row_id, x.digest, p_now, p_now
  from unnest(p_ids, p_cases, p_parts, p_fields, p_rows, p_digests) as x(id, meeting_id, part, field, row_id, digest)
  join meetings m on m.id = x.meeting_id
  order by x.part, x.field, x.row_id, x.id
  on conflict (part, field, row_id) do update set digest = excluded.digest, seen_at = excluded.seen_at,
    found_at = case when d.digest = excluded.digest then d.found_at else excluded.found_at end
  where d.digest <> excluded.digest or d.seen_at < excluded.seen_at - interval '1 hour'
$$;

-- Whether a part is as it was when it was found damaged. The function reads no content: it compares what is sealed,
-- or asks whether a date still stands at the edge to which it was set. A key whose row is missing was found as no
-- bytes.
create or replace function damage_stands(p_part text, p_field text, p_row uuid, p_digest text)
returns boolean language plpgsql stable security definer set search_path = public as $$
declare
  v_type text;
  v_key text;
  v_stands boolean;
begin
  select a.attname into v_key from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = to_regclass(format('public.%I', p_part)) and i.indisprimary and i.indnkeyatts = 1;
  select format_type(a.atttypid, null) into v_type from pg_attribute a
  where a.attrelid = to_regclass(format('public.%I', p_part)) and a.attname = p_field and not a.attisdropped;
  if v_key is null then v_type := 'unknown'; end if;
  if p_part in ('data_keys', 'meeting_keys') then v_type := 'key'; end if;
  case v_type
    when 'key' then
      execute format('select coalesce((select k.%I is not null and encode(sha256(k.%I), ''hex'') = $2 from %I k '
          'where k.%I = $1), $2 = encode(sha256(''''), ''hex''))', p_field, p_field, p_part, v_key)
        into v_stands using p_row, p_digest;
    when 'bytea' then
      execute format('select exists (select from %I where %I = $1 and encode(sha256(%I), ''hex'') = $2)', p_part, v_key, p_field)
        into v_stands using p_row, p_digest;
    when 'date' then
      execute format('select exists (select from %I where %I = $1 and %I in (date ''1880-01-01'', date ''2199-12-31''))',
          p_part, v_key, p_field)
        into v_stands using p_row;
    when 'timestamp with time zone' then
      execute format('select exists (select from %I where %I = $1 and %I in (timestamptz ''1880-01-01 00:00Z'', '
          'timestamptz ''2199-12-31 00:00Z''))', p_part, v_key, p_field)
        into v_stands using p_row;
    else
      -- Where it is cannot be said: better shown than hidden.
      v_stands := true;
  end case;
  return v_stands;
end $$;

-- Takes keys off the list that open again. Only the program can tell: when a master key comes back, no byte of the
-- database changes.
create or replace function forget_opened_keys(p_ids uuid[]) returns void
language sql security definer set search_path = public as $$
  delete from damaged_parts where id = any (p_ids) and part = 'data_keys';
  delete from damaged_meeting_parts where id = any (p_ids) and part = 'meeting_keys'
$$;

revoke execute on function record_damage, damage_stands, forget_opened_keys from public;
grant execute on function record_damage, damage_stands, forget_opened_keys to toldonce_app;
