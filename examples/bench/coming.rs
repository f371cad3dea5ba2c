//! What is still to come in each MARAC: a circulated list whose agencies are asked for their research,
//! and after it a planned meeting for which as many cases wait.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::crypto::DataKey;
use kernel::sql::sql;
use uuid::Uuid;

use crate::Outcome;
use crate::caseload::{Batch, Case, Kind, Meeting, copying};
use crate::database::Database;
use crate::world::{AREAS, KINDS, MARACS, World};

/// Cases on each list.
const CASES: u32 = 25;
/// Above the number of every case that was heard: nobody is in both.
const FIRST: u32 = 20_000_000;
/// Agencies that cases are listed to: all but the coordinating body, which comes last.
const LISTED: usize = KINDS.len() - 1;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = st::BigInt)]
    count: i64,
}

/// Adds it, if it is not there.
pub fn seed(
    database: &Database,
    conn: &mut PgConnection,
    world: &World,
    now: DateTime<Utc>,
) -> Outcome {
    let there: Count = sql("select count(*) as count from bench.planned").get_result(conn)?;
    if there.count > 0 {
        return Ok(());
    }
    copying(database, |out| {
        let mut batch = Batch::new(&database.keys, world, now)?;
        for marac in 0..MARACS {
            let ahead = |days| Meeting {
                id: Uuid::now_v7(),
                marac,
                marac_id: world.maracs[marac].0,
                starts_at: now + TimeDelta::days(days),
            };
            circulated(&mut batch, world, &ahead(7), now)?;
            planned(&mut batch, &ahead(21), now)?;
            batch.flush(out)?;
        }
        Ok(())
    })
}

/// The cases of the MARAC's list of this number, those with children first, as the product orders them.
fn kinds(marac: usize, list: u32) -> Outcome<Vec<Kind>> {
    let first = FIRST + (u32::try_from(marac)? * 2 + list) * CASES;
    let numbers = first..first + CASES;
    let mut kinds: Vec<_> = numbers
        .map(|number| Kind {
            number,
            pair: number,
            repeat: false,
            status: "listed",
        })
        .collect();
    kinds.sort_by_key(|kind| !kind.children());
    Ok(kinds)
}

/// A list that is out, and what circulation asks of each agency.
fn circulated(
    batch: &mut Batch<'_>,
    world: &World,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Outcome {
    batch.place(meeting, "circulated");
    let agencies: [Uuid; LISTED] = std::array::from_fn(|kind| world.agency(meeting.marac, kind));
    let list = |kind: usize| i32::try_from(meeting.marac * LISTED + kind + 1);
    for kind in 0..LISTED {
        let agency = (meeting.marac % AREAS) * KINDS.len() + kind + 1;
        batch.tables.lists.push(&[
            &list(kind)?,
            &meeting.id,
            &i32::try_from(meeting.marac)?,
            &i32::try_from(agency)?,
        ]);
    }
    let due_on = (meeting.starts_at - TimeDelta::days(1)).date_naive();
    for (position, kind) in (1_i32..).zip(kinds(meeting.marac, 0)?) {
        let key = DataKey::generate()?;
        let case = case(meeting, &key, now - TimeDelta::days(9));
        let referral_id = batch.file(&case, meeting.marac, &kind)?;
        let item_id = batch.item(&case, meeting, referral_id, &kind, position);
        batch.list(&case, meeting, item_id, &agencies);
        for (n, agency) in agencies.iter().enumerate() {
            let id = Uuid::now_v7();
            batch.tables.returns.push(&[
                &id,
                &case.marac_id,
                &case.id,
                &meeting.id,
                &item_id,
                agency,
                &"requested",
                &"open",
                &due_on,
                &now,
            ]);
            let asked = &mut batch.tables.asked;
            asked.push(&[&list(n)?, &position, &id, &item_id]);
        }
    }
    Ok(())
}

/// A meeting whose list is open, and the cases that wait for it.
fn planned(batch: &mut Batch<'_>, meeting: &Meeting, now: DateTime<Utc>) -> Outcome {
    batch.place(meeting, "planned");
    let marac = i32::try_from(meeting.marac)?;
    let n = marac + 1;
    batch.tables.planned.push(&[&n, &meeting.id, &marac]);
    for (position, kind) in (1_i32..).zip(kinds(meeting.marac, 1)?) {
        let key = DataKey::generate()?;
        let case = case(meeting, &key, now - TimeDelta::days(2));
        let referral_id = batch.file(&case, meeting.marac, &kind)?;
        let waiting = &mut batch.tables.waiting;
        waiting.push(&[&n, &position, &case.id, &referral_id, &kind.children()]);
    }
    Ok(())
}

fn case<'k>(meeting: &Meeting, key: &'k DataKey, at: DateTime<Utc>) -> Case<'k> {
    Case {
        id: Uuid::now_v7(),
        marac_id: meeting.marac_id,
        key,
        at,
    }
}
