//! Rows of absences, and SQL for other statements.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;

/// SQL: today, where the MARACs are.
#[doc(hidden)]
#[macro_export]
macro_rules! today {
    () => {
        "($now at time zone 'Europe/London')::date"
    };
}

/// SQL: the absence at `b` is going on.
#[doc(hidden)]
#[macro_export]
macro_rules! away {
    () => {
        concat!(
            "b.ended_at is null and b.from_on <= ",
            $crate::absences::today!(),
            " and b.until_on >= ",
            $crate::absences::today!()
        )
    };
}

/// SQL: for whom, and in which MARAC, the account $1 does what is assigned: itself everywhere, and
/// those who are away today and have it as their deputy.
#[doc(hidden)]
#[macro_export]
macro_rules! stood_in_for {
    () => {
        concat!(
            "(select $1::uuid, m.id from ",
            "unnest($maracs) as m(id) ",
            "union all select g.user_id, g.marac_id from role_grants g ",
            "join absences b on b.user_id = g.user_id where g.deputy_id = $1 ",
            "and g.role = 'representative' ",
            "and g.ends_at > $now and ",
            $crate::absences::away!(),
            ")"
        )
    };
}

pub use {away, stood_in_for, today};

/// Somebody away, and who stands in.
#[derive(Row)]
pub struct StandIn {
    /// Where.
    pub marac_id: Uuid,
    /// Who is away.
    pub user_id: Uuid,
    /// Their deputy.
    pub deputy_id: Uuid,
}

/// Who stands in today for the absent among these people, each in a MARAC.
pub fn deputies_of_absent(tx: &mut Tx<'_>, people: &[(Uuid, Uuid)]) -> Result<Vec<StandIn>> {
    Ok(tx
        .sql(concat!(
            "select distinct g.marac_id, g.user_id, g.deputy_id ",
            "from unnest($1::uuid[], $2::uuid[]) as x(marac_id, user_id) ",
            "join role_grants g on g.marac_id = x.marac_id and g.user_id = x.user_id ",
            "join absences b on b.user_id = g.user_id ",
            "where g.role = 'representative' and g.deputy_id is not null and g.ends_at > $3 and ",
            away!()
        ))
        .bind(people.iter().map(|(marac, _)| *marac).collect::<Vec<_>>())
        .bind(people.iter().map(|(_, user)| *user).collect::<Vec<_>>())
        .bind(tx.now)
        .load(tx.conn)?)
}
