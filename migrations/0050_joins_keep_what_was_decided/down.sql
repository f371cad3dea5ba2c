-- Whether a part is as it was when it was found damaged. Reads no content: it compares what is sealed, or
-- asks whether a date still stands at the edge it was set to.
create or replace function damage_stands(p_part text, p_field text, p_row uuid, p_digest text)
returns boolean language plpgsql stable security definer set search_path = public as $$
declare
  v_type text;
  v_key text := case p_part when 'data_keys' then 'case_id' when 'party_characteristics' then 'party_id' else 'id' end;
  v_stands boolean;
begin
  select format_type(a.atttypid, null) into v_type from pg_attribute a
  where a.attrelid = to_regclass(format('public.%I', p_part)) and a.attname = p_field and not a.attisdropped;
  case v_type
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
      v_stands := false;
  end case;
  return v_stands;
end $$;

alter table identity_differences drop column taken_over;
