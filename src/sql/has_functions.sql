-- Whether the functions in the database are those of this digest, or those of a version newer than this one.
select coalesce((
  select digest = $1
    or string_to_array(split_part(program, '-', 1), '.')::int[] > string_to_array(split_part($2, '-', 1), '.')::int[]
  from applied_functions
  order by number desc
  limit 1), false) as found
