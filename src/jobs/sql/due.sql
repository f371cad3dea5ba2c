-- Which of these jobs are due. One without a row has never run.
select n.name
from unnest($1::text[]) n(name)
left join jobs j on j.name = n.name
where j.name is null
  or j.next_at <= $2
  -- One due more than a month ahead was set by a clock that has since been put back: no job waits that long.
  or j.next_at > $2 + interval '1 month'
