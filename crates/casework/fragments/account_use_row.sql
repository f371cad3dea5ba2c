-- account_use_row(): how the account of the case $1 is used, as a part of its file.
select 'account_use' as kind, $1 as id, null::uuid as parent, 0 as version,
  json_build_object(
    'asked', (
      select count(*)
      from questions q
      where q.case_id = $1 and q.status = 'answered_new'),
    'read_instead', (
      select count(*)
      from questions q
      where q.case_id = $1 and q.status = 'answered_from_account')
      + (
      select count(*)
      from told_already t
      where t.case_id = $1 and t.question_id is null))::text as plain,
  null::bytea as sealed
