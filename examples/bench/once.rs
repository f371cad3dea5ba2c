//! Requests that can be sent once: an agenda is built, an agency returns its research. `bench/undo.sql`
//! takes back what they write.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Outcome;
use crate::fixtures::Request;

/// The scenarios of such requests.
pub const SCENARIOS: [&str; 2] = ["agenda_build", "research_return"];

/// The version of a meeting whose agenda nobody has touched.
const UNTOUCHED: &str = "\"1\"";

/// Such a request.
#[derive(QueryableByName)]
pub struct Once {
    #[diesel(embed)]
    pub request: Request,
    /// The places on the agenda that are answered.
    #[diesel(sql_type = st::Array<st::Uuid>)]
    items: Vec<Uuid>,
}

impl Once {
    /// The version it names.
    pub fn if_match(&self) -> Option<&'static str> {
        self.items.is_empty().then_some(UNTOUCHED)
    }

    /// What it sends.
    pub fn body(&self) -> Value {
        match self.items.is_empty() {
            true => json!({}),
            false => json!({ "items": self.items.iter().map(answer).collect::<Vec<_>>() }),
        }
    }
}

/// Every request of a scenario, each of which can be sent once.
pub fn requests(conn: &mut PgConnection, scenario: &str) -> Outcome<Vec<Once>> {
    let text = match scenario {
        "agenda_build" => {
            "select '/api/v1/meetings/' || s.meeting_id || '/agenda/build' as path, p.user_id, p.session_id, \
             p.marac_id, '{}'::uuid[] as items from bench.planned s \
             join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 order by s.n"
        }
        _ => {
            "select '/api/v1/meetings/' || s.meeting_id || '/research' as path, p.user_id, p.session_id, \
             p.marac_id, array(select a.agenda_item_id from bench.asked a where a.n = s.n order by a.position) \
             as items from bench.lists s \
             join bench.people p on p.job = 'representative' and p.n = s.agency order by s.n"
        }
    };
    Ok(sql(text).load(conn)?)
}

/// Takes back what was written of both.
pub fn undo(conn: &mut PgConnection) -> Outcome {
    Ok(conn.batch_execute(include_str!("../../bench/undo.sql"))?)
}

/// What an agency that knows the family says of one case.
fn answer(item: &Uuid) -> Value {
    json!({
        "agenda_item_id": item,
        "agency_private": {
            "text": "Her file is with the duty worker. The manager has read it and agrees with what is \
                shared below; the notes of the last visit stay with us.",
            "withheld_items": [{
                "what": "Where her sister lives now.",
                "reason": "It is not about this risk, and the sister asked us not to pass it on.",
            }],
        },
        "shareable": {
            "facts": "She has been known to us since the spring. She came to the office twice in the last \
                month, the second time with a bruised wrist, and asked how soon the locks could be \
                changed. He rang on the day after and asked when she had last been here; he was told \
                nothing. Rent is paid. The neighbour above has complained of shouting three times.",
            "opinion": "It is getting worse, and he is looking for her.",
            "relevant_necessary_proportionate": true,
            "last_contact_on": "2026-01-05",
            "allocated_worker": "Duty desk, 020 7946 0456",
            "flags_held": ["Do not leave messages", "Visit in pairs"],
        },
    })
}
