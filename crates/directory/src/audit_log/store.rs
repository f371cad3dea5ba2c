//! Reading the audit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::api::EventOut;
use kernel::db::Tx;
use kernel::error::Result;

/// Which events of a MARAC.
pub struct Filter {
    pub marac_id: Uuid,
    pub act: Option<&'static str>,
    pub case_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// SQL: the MARACs that an account concerns: of those of its agency where it has or had a role, or else
/// all of them.
macro_rules! user_places {
    () => {
        "(select u.id, m.marac_id from users u join marac_agencies m on m.agency_id = u.agency_id \
          where exists (select from role_grants g where g.user_id = u.id and g.marac_id = m.marac_id) \
            or not exists (select from role_grants g where g.user_id = u.id))"
    };
}

/// SQL: the same of an API client.
macro_rules! client_places {
    () => {
        "(select c.id, m.marac_id from api_clients c join marac_agencies m on m.agency_id = c.agency_id \
          where exists (select from role_grants g where g.client_id = c.id and g.marac_id = m.marac_id) \
            or not exists (select from role_grants g where g.client_id = c.id))"
    };
}

/// SQL: the same of a client's actor.
macro_rules! actor_places {
    () => {
        "(select r.id, m.marac_id from registered_actors r \
          join marac_agencies m on m.agency_id = r.agency_id \
          where exists (select from role_grants g where g.client_id = r.client_id and g.marac_id = m.marac_id) \
            or not exists (select from role_grants g where g.client_id = r.client_id))"
    };
}

/// SQL: the MARAC of a role that waits; of what else waits, those of the client's agency.
macro_rules! grant_places {
    () => {
        "(select p.id, p.marac_id from pending_grants p where p.marac_id is not null \
          union all select p.id, m.marac_id from pending_grants p \
          join api_clients c on c.id = p.client_id join marac_agencies m on m.agency_id = c.agency_id \
          where p.marac_id is null)"
    };
}

/// SQL: the MARAC and case of the thing that a refusal at `e` names, if it is of this kind.
macro_rules! place {
    ($kind:literal, $table:expr, $marac:literal, $case:literal) => {
        concat!(
            "select ",
            $marac,
            " as marac_id, ",
            $case,
            " as case_id from ",
            $table,
            " t where e.subject = '",
            $kind,
            "' and t.id = e.subject_id"
        )
    };
    ($kind:literal, $table:literal) => {
        place!($kind, $table, "t.marac_id", "t.case_id")
    };
}

// A refusal is written without asking what it was refused on, so that hidden and unknown things leave
// the same rows; where its thing stands is found when it is read, under the reader's own second lock.
// `tests/api/source.rs` holds this list against what is asked.
macro_rules! places {
    () => {
        concat!(
            place!("marac", "maracs", "t.id", "null::uuid"),
            " union all ",
            place!("meeting", "meetings", "t.marac_id", "null::uuid"),
            " union all ",
            place!("case", "cases", "t.marac_id", "t.id"),
            " union all ",
            place!("referral", "referrals"),
            " union all ",
            place!("party", "parties"),
            " union all ",
            place!("address", "party_addresses"),
            " union all ",
            place!("contact", "party_contacts"),
            " union all ",
            place!("account_entry", "account_entries"),
            " union all ",
            place!("question", "questions"),
            " union all ",
            place!("agenda_item", "agenda_items"),
            " union all ",
            place!("hearing_entry", "hearing_entries"),
            " union all ",
            place!("action", "actions"),
            " union all ",
            place!("flag", "flags"),
            " union all ",
            place!("idva_allocation", "idva_allocations"),
            " union all ",
            place!("share", "circle"),
            " union all ",
            place!("exclusion", "exclusions"),
            " union all ",
            place!("difference", "identity_differences"),
            " union all ",
            place!("user", user_places!(), "t.marac_id", "null::uuid"),
            " union all ",
            place!("api_client", client_places!(), "t.marac_id", "null::uuid"),
            " union all ",
            place!(
                "registered_actor",
                actor_places!(),
                "t.marac_id",
                "null::uuid"
            ),
            " union all ",
            place!("pending_grant", grant_places!(), "t.marac_id", "null::uuid")
        )
    };
}

/// SQL: the event at `e`, about this case, is for the reader and what they look for. Drafts are their
/// authors' alone.
macro_rules! wanted {
    ($case:literal) => {
        concat!(
            "(",
            $case,
            " is null or (",
            $case,
            " <> all ($closed) \
             and exists (select from cases d where d.id = ",
            $case,
            " and d.received_at is not null))) \
             and ($2::text is null or e.act = $2) and ($3::uuid is null or ",
            $case,
            " = $3) and ($4::uuid is null or e.user_id = $4) \
             and ($5::timestamptz is null or (e.at, e.id) < ($5, $6))"
        )
    };
}

// Each page is taken by index before names are joined to it. Refusals are looked through only as far
// back as the MARAC's own page reaches.
const EVENTS: &str = concat!(
    "with own as materialized (select e.*, e.case_id as place from audit_events e \
       where e.marac_id = $1 and ",
    wanted!("e.case_id"),
    " order by e.at desc, e.id desc limit $7), \
     refused as materialized (select e.*, p.case_id as place from audit_events e cross join lateral (",
    places!(),
    ") p where e.marac_id is null and e.outcome in ('denied', 'not_found') and p.marac_id = $1 \
       and e.at >= coalesce((select at from own order by at desc, id desc offset $7 - 1), '-infinity') and ",
    wanted!("p.case_id"),
    " order by e.at desc, e.id desc limit $7) \
     select e.id, e.at, e.act, e.outcome, e.principal, e.user_id, coalesce(u.name, r.name) as name, \
     e.client_id, e.actor_id, e.agency_id, e.place as case_id, c.code as case_code, e.subject, \
     e.subject_id, e.fields, e.rows_seen, e.request_id \
     from (select * from own union all select * from refused order by at desc, id desc limit $7) e \
     left join users u on u.id = e.user_id left join registered_actors r on r.id = e.actor_id \
     left join cases c on c.id = e.place order by e.at desc, e.id desc"
);

/// A page of events, newest first, without those of cases closed to the caller and of drafts, which
/// are their authors' alone.
pub fn events(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<EventOut>> {
    Ok(tx
        .sql(EVENTS)
        .bind(filter.marac_id)
        .bind(filter.act)
        .bind(filter.case_id)
        .bind(filter.user_id)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}
