-- Counts a failure under its hour, act and subject. Once an hour has as many rows as are told apart ($4), a further
-- subject is counted under none.
insert into failed_sign_ins as f (hour, act, subject, failures)
select date_trunc('hour', $1::timestamptz, 'UTC'), $2,
  case
    when exists (
        select from failed_sign_ins
        where hour = date_trunc('hour', $1::timestamptz, 'UTC') and act = $2 and subject = $3)
      or (select count(*) from failed_sign_ins where hour = date_trunc('hour', $1::timestamptz, 'UTC')) < $4
    then $3
    else '00000000-0000-0000-0000-000000000000'
  end,
  1
on conflict (hour, act, subject) do update set failures = f.failures + 1
returning hour, subject, failures
