//! Requests for the load generator: a file per scenario, a request per line.

use std::fmt::Write as _;
use std::path::Path;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use directory::auth::token::{TokenSubject, Tokens};
use kernel::sql::sql;
use serde_json::json;
use uuid::Uuid;

use crate::database::Database;
use crate::{Outcome, Place, document, once};

/// The scenarios of requests that can be sent again and again; the last of them adds cases.
pub const SCENARIOS: [&str; 5] = [
    "case_file",
    "outstanding",
    "agenda",
    "repeat_check",
    "submit_referral",
];

/// A request of a scenario: path below the root, and who asks.
#[derive(QueryableByName)]
pub struct Request {
    #[diesel(sql_type = st::Text)]
    pub path: String,
    #[diesel(sql_type = st::Uuid)]
    user_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    session_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    marac_id: Uuid,
}

impl Request {
    /// Who asks.
    pub fn subject(&self) -> TokenSubject {
        TokenSubject::User {
            user_id: self.user_id,
            session_id: self.session_id,
        }
    }

    /// The body of a submission.
    pub fn body(&self, survivor: &str, perpetrator: &str) -> serde_json::Value {
        json!({ "marac_id": self.marac_id, "referral": document::json(survivor, perpetrator) })
    }
}

/// Every request of a scenario.
pub fn requests(conn: &mut PgConnection, scenario: &str) -> Outcome<Vec<Request>> {
    let text = match scenario {
        "case_file" => {
            "select '/api/v1/cases/' || s.case_id as path, p.user_id, p.session_id, p.marac_id \
             from bench.sample s join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 order by s.n"
        }
        "outstanding" => {
            "select '/api/v1/actions?status=outstanding&limit=50' as path, p.user_id, p.session_id, p.marac_id \
             from bench.people p where p.job = 'representative' order by p.n"
        }
        "agenda" => {
            "select '/api/v1/meetings/' || s.meeting_id || '/agenda' as path, p.user_id, p.session_id, p.marac_id \
             from bench.agendas s join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 order by s.n"
        }
        "repeat_check" => {
            "select '/api/v1/referrals/' || s.referral_id || '/matches' as path, p.user_id, p.session_id, p.marac_id \
             from bench.sample s join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 order by s.n"
        }
        _ => {
            "select '/api/v1/referrals' as path, p.user_id, p.session_id, p.marac_id \
             from bench.people p where p.job = 'author' order by p.n"
        }
    };
    Ok(sql(text).load(conn)?)
}

/// Writes `<scenario>.txt` (`path TAB token TAB marac`), and the body of a submission; of what can be
/// sent once `<scenario>.jsonl`, a request a line.
pub fn write(place: &Place, out: &Path) -> Outcome {
    let database = Database::open(place)?;
    let mut conn = database.owner()?;
    let tokens = Tokens::new(&database.keys)?;
    let now = database.clock.now();
    std::fs::create_dir_all(out)?;
    for scenario in SCENARIOS {
        let mut text = String::new();
        for request in requests(&mut conn, scenario)? {
            let (token, _) = tokens.issue(request.subject(), now)?;
            writeln!(text, "{}\t{token}\t{}", request.path, request.marac_id)?;
        }
        std::fs::write(out.join(format!("{scenario}.txt")), text)?;
    }
    for scenario in once::SCENARIOS {
        let mut text = String::new();
        for once in once::requests(&mut conn, scenario)? {
            let (token, _) = tokens.issue(once.request.subject(), now)?;
            let line = json!({
                "path": once.request.path,
                "token": token,
                "if_match": once.if_match(),
                "body": once.body().to_string(),
            });
            writeln!(text, "{line}")?;
        }
        std::fs::write(out.join(format!("{scenario}.jsonl")), text)?;
    }
    let body =
        json!({ "marac_id": "@MARAC", "referral": document::json("@SURVIVOR", "@PERPETRATOR") });
    std::fs::write(
        out.join("submit_referral.json"),
        serde_json::to_string(&body)?,
    )?;
    Ok(())
}
