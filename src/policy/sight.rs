//! SQL that goes with the rule of `visibility` where many cases are read at once.

/// SQL: what the caller's circle has of the case at this alias, as arrays `s.bases` and `s.full_at`
/// (null where there is nothing), for `lens_of`.
#[macro_export]
macro_rules! standings_of {
    ($c:literal) => {
        concat!(
            "left join lateral (select array_agg(g.basis) as bases, ",
            "array_agg(case when g.full_at = 'infinity' then timestamptz '9999-01-01' ",
            "else g.full_at end) as full_at ",
            "from circle g where g.case_id = ",
            $c,
            ".id and g.opens_at <= (select current_setting('toldonce.now')::timestamptz) ",
            "and g.ends_at > (select current_setting('toldonce.now')::timestamptz) and ",
            $crate::in_circle!("g"),
            ") s on true"
        )
    };
}

/// SQL: the case of the row at this alias is not closed to the caller. Less than `visible_cases!`:
/// for what may be summed over a meeting, where a closed case must be as if it were not there.
#[macro_export]
macro_rules! not_closed {
    ($a:literal) => {
        concat!(
            $a,
            ".case_id <> all ((select current_setting('toldonce.closed')::uuid[])::uuid[])"
        )
    };
}
