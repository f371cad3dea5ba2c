//! SQL that the rule of `visibility` is made of, and that goes with it where many cases are read at once.

/// SQL: the circle row at this alias is open now, and the caller's: by person or by agency and role. What
/// ends each basis stands in `bases`.
#[doc(hidden)]
#[macro_export]
macro_rules! in_circle {
    ($g:literal) => {
        concat!(
            "(",
            $g,
            ".opens_at <= $now and ",
            $g,
            ".ends_at > $now and not ",
            $g,
            ".paused and (",
            $g,
            ".user_id = $user",
            " or ",
            $g,
            ".actor_id = $actor",
            " or (",
            $g,
            ".agency_id = $agency",
            " and case ",
            $g,
            ".basis when 'allocation'",
            " then ",
            $g,
            ".marac_id = any ($idva)",
            " else ",
            $g,
            ".marac_id = any ($rep) end)))"
        )
    };
}

/// SQL: the action at this alias is owned by the caller's agency, and the caller speaks for it.
#[macro_export]
macro_rules! owned_action {
    ($a:literal) => {
        concat!(
            "(",
            $a,
            ".owner_agency_id = $agency",
            " and (",
            $a,
            ".marac_id = any ($rep)",
            " or ",
            $a,
            ".marac_id = any ($idva)",
            // Never null, which would be neither owned nor not.
            " or coalesce(",
            $a,
            ".owner_user_id = $user, false)))"
        )
    };
}

/// SQL: the case of the row at this alias is not closed to the caller, and in a MARAC of theirs: what one's
/// own contribution to it needs, whatever has become of the case.
#[macro_export]
macro_rules! not_shut_out {
    ($a:literal, $case:literal) => {
        concat!(
            "(",
            $a,
            ".",
            $case,
            " <> all ($closed) and ",
            $a,
            ".marac_id = any ($maracs))"
        )
    };
}

/// SQL: the referral at this alias is the caller's own.
#[macro_export]
macro_rules! own_referral {
    ($r:literal) => {
        concat!(
            "(",
            $r,
            ".submitted_by = $user or ",
            $r,
            ".actor_id = $actor)"
        )
    };
}

/// SQL: the return of research at this alias is the caller's agency's, and the caller speaks for it.
#[macro_export]
macro_rules! own_return {
    ($r:literal) => {
        concat!(
            "(",
            $r,
            ".agency_id = $agency and (",
            $r,
            ".marac_id = any ($rep) or ",
            $r,
            ".marac_id = any ($idva)))"
        )
    };
}

/// SQL: the caller hears of every agency's actions on the visible case at this alias: `Lens::shows_actions`,
/// for rows. A listing or a seat tells of them from the meeting's start those who have accepted its
/// statement (R19); having referred the case tells of none (domain 6.2).
#[doc(hidden)]
#[macro_export]
macro_rules! hears_of_actions {
    ($c:literal) => {
        concat!(
            "(",
            $c,
            ".marac_id = any ($staff)",
            " or exists (select from circle g where g.case_id = ",
            $c,
            ".id and ",
            $crate::in_circle!("g"),
            " and (g.basis in ('allocation', 'named') or (g.full_at <= $now and (g.basis = 'share'",
            " or (g.basis in ('listing', 'attendance') and ",
            $crate::accepted_statement!("g.meeting_id"),
            "))))))"
        )
    };
}

/// SQL: what the caller's circle has of the case at this alias, as arrays `s.bases` and `s.full_at`
/// (null where there is nothing), for `lens_of`. What a listing or a seat opens in full it opens to those
/// alone who have accepted the confidentiality statement of its meeting.
#[macro_export]
macro_rules! standings_of {
    ($c:literal) => {
        concat!(
            "left join lateral (select array_agg(g.basis) as bases, ",
            "array_agg(case when g.full_at = 'infinity' ",
            "or (g.basis in ('listing', 'attendance') and not ",
            $crate::accepted_statement!("g.meeting_id"),
            ") then timestamptz '9999-01-01' else g.full_at end) as full_at ",
            "from circle g where g.case_id = ",
            $c,
            ".id and ",
            $crate::in_circle!("g"),
            ") s on true"
        )
    };
}

/// SQL: the caller has accepted the confidentiality statement of this meeting (R19). It is a person who
/// accepts: somebody with an account, a partner's registered person with the account they are linked to,
/// or one whose signature on paper was recorded. A program that acts for nobody sits at no meeting.
#[macro_export]
macro_rules! accepted_statement {
    ($meeting:literal) => {
        concat!(
            "exists (select from attendances t where t.meeting_id = ",
            $meeting,
            " and t.confidentiality_accepted_at is not null and ",
            "(t.user_id = $user ",
            "or t.actor_id = $actor))"
        )
    };
}

/// SQL: the case of the row at this alias is not closed to the caller. Less than `visible_cases!`:
/// for what may be summed over a meeting, where a closed case must be as if it were not there.
#[macro_export]
macro_rules! not_closed {
    ($a:literal) => {
        concat!($a, ".case_id <> all ($closed)")
    };
}

/// SQL: joins the key of the file of this id, as `k`. A file whose key's row is missing stays where it is read: see
/// `key_columns!`.
#[macro_export]
macro_rules! file_key {
    ($case:literal) => {
        concat!(" left join data_keys k on k.case_id = ", $case, " ")
    };
}

/// SQL: the columns `master_key_id` and `wrapped` of the key at `k`. Of one that was destroyed on purpose `wrapped` is
/// null; one whose row is missing is read as bytes that open under no master key, and so as damaged.
#[macro_export]
macro_rules! key_columns {
    () => {
        "coalesce(k.master_key_id, '') as master_key_id, \
         case when k.case_id is null then ''::bytea else k.wrapped end as wrapped"
    };
}

/// SQL: the key at `k` was not destroyed on purpose.
#[macro_export]
macro_rules! not_destroyed {
    () => {
        "(k.case_id is null or k.wrapped is not null)"
    };
}

/// SQL: the case at this alias is in the caller's sight.
///
/// Own MARACs; and there: received files for coordinator and chair; the files the person is in the
/// circle of; those allocated to the agency for its IDVAs; those listed to or shared with the agency
/// for its representatives, from circulation until the end of the listing or share.
#[macro_export]
macro_rules! visible_cases {
    ($c:literal) => {
        concat!(
            "(",
            $c,
            ".id <> all ($closed)",
            " and ",
            $c,
            ".marac_id = any ($maracs)",
            " and ((",
            $c,
            ".received_at is not null and ",
            $c,
            ".marac_id = any ($staff))",
            " or exists (select from circle g where g.case_id = ",
            $c,
            ".id and ",
            $crate::in_circle!("g"),
            ")))"
        )
    };
}

/// SQL: the action at this alias is in the caller's sight: owned by the agency (whatever has become of its
/// sight of the case: it is the agency's own), or on a visible case of whose actions the caller may hear.
#[macro_export]
macro_rules! visible_actions {
    ($a:literal) => {
        concat!(
            "(",
            $a,
            ".case_id <> all ($closed)",
            " and ",
            $a,
            ".marac_id = any ($maracs)",
            " and (",
            $crate::owned_action!($a),
            " or exists (select from cases c where c.id = ",
            $a,
            ".case_id and ",
            $crate::visible_cases!("c"),
            " and ",
            $crate::hears_of_actions!("c"),
            ")))"
        )
    };
}
