//! Every operation of the OpenAPI document, each with one well-formed request.
//!
//! The requests are chosen so that none changes anything another one depends on, and yet all of them
//! reach the place where access is judged, which comes before all else that depends on the thing:
//! what takes `If-Match` gets a stale one, so that 412 shows that access was given; what creates
//! something gets a body that is well formed and is refused by a rule within the transaction (422,
//! 409), or creates something that no other request looks at (201).

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{Stage, Target, Things};
use crate::support::{TestApp, World};

/// What the answer of an operation may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A case, or something that belongs to one.
    Case,
    /// A part of a case, named below its case in the path.
    Part,
    /// A MARAC, a meeting, an agency, an account, a client.
    Place,
    /// Only who asks.
    Alone,
}

impl Scope {
    /// The columns.
    pub const fn targets(self) -> &'static [Target] {
        use Target::*;
        match self {
            Self::Case => &[
                Own,
                Other,
                ExcludedPerson,
                ExcludedAgency,
                Restricted,
                Unknown,
            ],
            Self::Part => &[
                Own,
                Other,
                ExcludedPerson,
                ExcludedAgency,
                Restricted,
                Unknown,
                Crossed,
                UnknownPart,
            ],
            Self::Place => &[Own, Other, Unknown],
            Self::Alone => &[Own],
        }
    }
}

/// An operation and its request.
pub struct Operation {
    /// Its id in the document.
    pub id: String,
    pub method: String,
    /// Its path, with parameters.
    pub path: String,
    /// Takes `If-Match`.
    pub versioned: bool,
    /// Needs no token.
    pub public: bool,
    /// What is known of it here; nothing, if somebody added it and forgot this table.
    pub scope: Option<Scope>,
    /// The snapshot says how many rows came.
    pub counted: bool,
}

/// Every operation, in the order of the document; the one that ends sessions last.
pub fn operations() -> Vec<Operation> {
    let text = toldonce::app::document_text().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, value) in methods.as_object().unwrap() {
            if !["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let id = value["operationId"].as_str().unwrap().to_owned();
            let mut parameters = value["parameters"].as_array().into_iter().flatten();
            let security = value["security"].as_array().into_iter().flatten();
            let (scope, counted) = match known(&id) {
                Some((scope, counted)) => (Some(scope), counted),
                None => (None, false),
            };
            found.push(Operation {
                versioned: parameters.any(|p| p["name"] == "If-Match"),
                public: security.into_iter().any(|one| one == &json!({})),
                path: path.clone(),
                method: method.to_uppercase(),
                scope,
                counted,
                id,
            });
        }
    }
    found.sort_by_key(|operation| operation.id == "logout");
    found
}

/// The scope of an operation, and whether its rows are counted.
fn known(id: &str) -> Option<(Scope, bool)> {
    use Scope::*;
    Some(match id {
        "read_case"
        | "change_case"
        | "close_case"
        | "read_access_log"
        | "read_account"
        | "add_account_entry"
        | "list_questions"
        | "ask_question"
        | "take_questions"
        | "read_timeline"
        | "list_parties"
        | "add_party"
        | "set_relationship"
        | "list_risk_assessments"
        | "assess_risk"
        | "list_exclusions"
        | "exclude"
        | "list_shares"
        | "share_case"
        | "read_restriction"
        | "restrict_case"
        | "lift_restriction"
        | "list_case_actions"
        | "agree_action"
        | "agree_standard_actions" => (Case, false),
        "read_flag" | "place_flag" | "decline_flag" | "remove_flag" | "list_case_flags"
        | "lapse_case" | "keep_case" => (Case, false),
        "list_idva_allocations"
        | "allocate_idva"
        | "list_idva_contacts"
        | "record_idva_contact" => (Case, false),
        "change_idva_allocation" | "end_idva_allocation" => (Part, false),
        "get_action" | "get_action_history" | "change_action" | "reopen_action"
        | "report_action" | "resolve_action" => (Case, false),
        "read_referral" | "change_referral" | "accept_referral" | "challenge_decision"
        | "decline_referral" | "check_repeat" | "return_referral" | "submit_referral"
        | "withdraw_referral" | "unjoin_referral" => (Case, false),
        "list_differences" | "list_joins" => (Case, true),
        "decide_difference" => (Part, false),
        "list_to_agencies"
        | "defer_agenda_item"
        | "hear_agenda_item"
        | "note_alert"
        | "withdraw_agenda_item"
        | "put_on_agenda" => (Case, false),
        "change_agenda_item" => (Case, false),
        "build_agenda" | "split_agenda" => (Place, false),
        "read_hearing_record"
        | "share_information"
        | "give_views"
        | "record_risk"
        | "record_safeguard"
        | "record_crime"
        | "record_stay"
        | "declare_conflict" => (Case, false),
        "list_case_research" => (Case, true),
        "read_research" | "return_research" | "excuse_research" | "list_research_versions" => {
            (Case, false)
        }
        "list_research" => (Place, true),
        "count_research" | "return_research_list" => (Place, false),
        "supersede_account_entry"
        | "read_question"
        | "answer_question"
        | "answer_question_anew"
        | "decline_question"
        | "withdraw_question"
        | "correct_hearing_entry"
        | "change_address"
        | "change_contact"
        | "lift_exclusion"
        | "change_identity"
        | "add_address"
        | "set_characteristics"
        | "add_contact"
        | "end_share" => (Part, false),
        "list_audit" | "list_damaged_parts" | "list_cases" | "list_actions" | "list_meetings"
        | "list_referrals" | "read_agenda" | "list_attendance" | "list_members" | "list_users"
        | "list_clients" | "list_actors" => (Place, true),
        "list_conflicts" => (Place, true),
        "read_statement" | "word_statement" | "read_confidentiality" | "accept_confidentiality" => {
            (Place, false)
        }
        "read_meeting" | "move_meeting" | "create_meeting" | "order_agenda"
        | "record_attendance" | "cancel_meeting" | "circulate_meeting" | "close_meeting"
        | "start_meeting" => (Place, false),
        "read_minutes"
        | "read_minutes_version"
        | "draft_minutes"
        | "approve_minutes"
        | "issue_minutes"
        | "correct_minutes"
        | "print_minutes_html"
        | "print_minutes_pdf"
        | "print_agenda_html"
        | "print_agenda_pdf" => (Place, false),
        "list_minutes_versions" => (Place, true),
        "create_referral" | "report_actions" | "report_minutes" | "report_overdue_actions" => {
            (Place, false)
        }
        "read_standard_actions" | "set_standard_actions" | "report_flags" => (Place, false),
        "list_flags" | "list_lapses" => (Place, true),
        "read_marac" | "change_marac" | "set_membership" | "reinstate_member"
        | "suspend_member" => (Place, false),
        "read_agency" | "change_agency" | "close_agency" => (Place, false),
        "create_client" | "read_client" | "change_client" | "register_actor" | "disable_actor"
        | "disable_client" | "rotate_secret" => (Place, false),
        "confirm_grant" | "refuse_grant" => (Place, false),
        "invite_user" | "read_user" | "change_user" | "disable_user" | "enable_user"
        | "renew_invitation" | "reset_password" | "set_roles" => (Place, false),
        "list_cover" | "list_absences" => (Place, true),
        "name_deputy" | "record_absence" | "end_absence" | "read_duties" | "leave" => {
            (Place, false)
        }
        "list_pending_grants" => (Alone, true),
        "list_agencies" | "list_maracs" | "list_risk_tools" | "search_people" => (Alone, true),
        "list_notifications"
        | "read_notification"
        | "read_notifications"
        | "read_preferences"
        | "set_preferences"
        | "make_calendar_feed"
        | "revoke_calendar_feed"
        | "read_calendar" => (Alone, false),
        "create_agency" | "create_marac" | "read_risk_tool" | "me" => (Alone, false),
        "list_sessions" | "end_session" => (Alone, false),
        "confirm_address" | "accept_invitation" | "login" | "logout" | "change_password"
        | "refresh" | "step_up" | "client_token" | "livez" | "readyz" => (Alone, false),
        _ => return None,
    })
}

impl Operation {
    /// Where the request goes.
    pub fn uri(&self, stage: &Stage, target: Target) -> String {
        let mut things = stage.things(target);
        if ["put_on_agenda", "declare_conflict"].contains(&self.id.as_str()) {
            // The case in the body is what varies there.
            things.meeting = stage.things(Target::Own).meeting;
        }
        self.uri_of(things)
    }

    /// Where a request about these things goes.
    pub fn uri_of(&self, things: Things) -> String {
        let first = self.path.trim_start_matches("/api/v1/");
        let id = match first.split('/').next().unwrap_or_default() {
            "cases" => things.case,
            "referrals" => things.referral,
            "actions" => things.action,
            "flags" => things.flag,
            "agenda-items" => things.item,
            "meetings" if self.path.contains("/minutes") => things.minuted,
            "meetings" => things.meeting,
            "maracs" => things.marac,
            "agencies" => things.agency,
            "users" => things.user,
            "api-clients" => things.client,
            "pending-grants" => things.grant,
            _ => Uuid::nil(),
        };
        let mut uri = self.path.clone();
        for (name, id) in [
            ("{id}", id),
            ("{case_id}", things.case),
            ("{party_id}", things.party),
            ("{address_id}", things.address),
            ("{contact_id}", things.contact),
            ("{entry_id}", things.entry),
            ("{question_id}", things.question),
            ("{user_id}", things.user),
            ("{absence_id}", things.absence),
            ("{share_id}", things.share),
            ("{exclusion_id}", things.exclusion),
            ("{difference_id}", things.part),
            ("{agency_id}", things.agency),
            ("{actor_id}", things.actor),
            ("{allocation_id}", things.allocation),
            ("{part_id}", things.part),
            ("{attendance_id}", things.seat),
            ("{version_id}", things.minutes),
        ] {
            uri = uri.replace(name, &id.to_string());
        }
        let uri = uri
            .replace("{tool}", "safelives_dash")
            .replace("{version}", "1")
            .replace("{token}", "unknown");
        let query = match self.id.as_str() {
            "list_cases" => format!("?count=true&marac_id={}", things.marac),
            "list_audit" | "list_damaged_parts" => {
                format!("?limit=1&marac_id={}", things.marac)
            }
            "list_actions" => format!("?status=all&marac_id={}", things.marac),
            "list_flags" => format!("?status=all&marac_id={}", things.marac),
            "list_lapses" | "report_flags" => format!("?marac_id={}", things.marac),
            "list_referrals" => format!("?inbox={}&status=accepted", things.marac),
            "list_meetings" | "report_actions" | "report_overdue_actions" => {
                format!("?marac_id={}", things.marac)
            }
            "list_research" => format!("?status=all&marac_id={}", things.marac),
            "report_minutes" => format!("?from=2020-01-01&to=2020-12-31&marac_id={}", things.marac),
            "list_users" | "list_clients" => format!("?agency_id={}", things.agency),
            _ => String::new(),
        };
        uri + &query
    }

    /// What is sent.
    pub fn body(&self, stage: &Stage, target: Target, nonce: usize) -> Option<Value> {
        self.body_of(&stage.app, &stage.world, stage.things(target), nonce)
    }

    /// What is sent about these things.
    pub fn body_of(
        &self,
        app: &TestApp,
        world: &World,
        things: Things,
        nonce: usize,
    ) -> Option<Value> {
        setting_up(&self.id, things, nonce)
            .or_else(|| of_referral(&self.id, things))
            .or_else(|| of_case(&self.id, app, world, things))
            .or_else(|| of_conference(&self.id, app, things))
    }
}

const PASSWORD: &str = "a long enough password";

fn setting_up(id: &str, things: Things, nonce: usize) -> Option<Value> {
    let twice = json!({ "marac_id": things.marac, "role": "practitioner" });
    let twice = json!([twice.clone(), twice]);
    Some(match id {
        "confirm_address" => json!({ "token": "unknown" }),
        "accept_invitation" => json!({ "token": "unknown", "password": PASSWORD }),
        // Another address each time: the fifth failure of one would lock it.
        "login" => json!({ "email": format!("nobody-{nonce}@test.example"), "password": PASSWORD }),
        "logout" => json!({}),
        "change_password" => json!({ "current": "not this one", "new": PASSWORD }),
        "refresh" => json!({ "refresh_token": "unknown" }),
        "step_up" => json!({ "password": "not this one" }),
        "create_marac" => json!({ "code": "WCC", "name": "A second Westminster" }),
        "create_agency" => json!({ "name": "One more agency", "kind": "housing" }),
        "change_marac" | "change_agency" | "set_membership" | "change_client" | "change_user" => {
            json!({})
        }
        "suspend_member" => json!({ "reason": "They shared a list." }),
        "create_client" => {
            json!({ "name": "system", "agency_id": things.agency, "rights": [], "roles": twice })
        }
        "register_actor" => {
            json!({ "partner_ref": "x-1", "name": "X", "user_id": Uuid::now_v7() })
        }
        "invite_user" => {
            json!({ "name": "N", "email": "n@test.example", "agency_id": things.agency, "roles": twice })
        }
        "set_roles" => json!({ "roles": [] }),
        "name_deputy" => json!({ "deputy_id": null }),
        "record_absence" => json!({ "from": "2020-01-02", "until": "2020-01-01" }),
        "leave" => json!({}),
        "read_notifications" => json!({ "ids": [Uuid::nil()] }),
        "set_preferences" => json!({ "email": {} }),
        _ => return None,
    })
}

fn of_referral(id: &str, things: Things) -> Option<Value> {
    Some(match id {
        "search_people" => {
            json!({ "family_name": "Stone", "given_names": "Karl", "date_of_birth": "1985-11-20" })
        }
        "create_referral" => json!({ "marac_id": things.marac, "referral": {} }),
        "change_referral" => json!({ "referral": {} }),
        "accept_referral" => json!({}),
        "challenge_decision" | "decline_referral" | "return_referral" | "withdraw_referral"
        | "unjoin_referral" => {
            json!({ "reason": "Because." })
        }
        _ => return None,
    })
}

fn of_case(id: &str, app: &TestApp, world: &World, things: Things) -> Option<Value> {
    let today = app.today();
    let (yesterday, tomorrow) = (today - TimeDelta::days(1), today + TimeDelta::days(1));
    let address = json!({ "kind": "current", "lines": "1 Road", "from": today, "to": yesterday });
    // A number of its own for each case: by a shared one an exclusion would follow.
    let number = format!("077{:08}", things.case.as_u128() % 100_000_000);
    let contact = json!({ "kind": "phone", "value": number });
    let mut assessment = crate::support::dash("YNYNYNYNYNYNYNYNYNYNYNYN");
    assessment["tool"] = json!("no_such_tool");
    Some(match id {
        "change_case" | "set_characteristics" => json!({}),
        "close_case" => json!({ "reason": "other" }),
        "add_account_entry" => {
            json!({ "heading": "what_happened", "sharing": "marac", "told_on": tomorrow,
                "how_told": "phone", "text": "Told." })
        }
        "ask_question" => {
            json!({ "heading": "practical_safety", "text": "Is it safe?", "read": [Uuid::nil()] })
        }
        "take_questions" => {
            json!({ "questions": [{ "id": things.question, "etag": "\"999999\"" }] })
        }
        "answer_question" => json!({ "entries": [things.entry] }),
        "answer_question_anew" => json!({ "entry_id": things.entry }),
        "decline_question" => json!({ "reason": "Because." }),
        "supersede_account_entry" => {
            json!({ "sharing": "marac", "told_on": today, "how_told": "phone", "text": "Told." })
        }
        "add_party" => json!({ "role": "survivor", "identity": { "family_name": "X" } }),
        "change_identity" => json!({ "family_name": "X" }),
        "decide_difference" => json!({ "decision": "leave" }),
        "add_address" | "change_address" => address,
        "add_contact" | "change_contact" => contact,
        "set_relationship" => {
            json!({ "from_party_id": things.perpetrator, "to_party_id": things.party, "kind": "spouse" })
        }
        "assess_risk" => assessment,
        "exclude" => json!({ "reason": "Because." }),
        "share_case" => {
            json!({ "agency_id": world.health, "until": yesterday, "reason": "Because." })
        }
        "restrict_case" => json!({ "reason": "Because.", "named": [] }),
        _ => return None,
    })
}

fn of_conference(id: &str, app: &TestApp, things: Things) -> Option<Value> {
    let today = app.today();
    let tomorrow = today + TimeDelta::days(1);
    Some(match id {
        "agree_action" => {
            json!({ "text": "Call.", "owner_agency_id": Uuid::nil(), "category": "other",
                "target": "survivor", "due_on": tomorrow })
        }
        "place_flag" => json!({ "system": "Records" }),
        "decline_flag" | "end_idva_allocation" => json!({ "reason": "Because." }),
        "remove_flag" | "lapse_case" | "change_idva_allocation" => json!({}),
        "keep_case" => json!({ "reason": "Because.", "until": tomorrow }),
        "allocate_idva" => json!({ "agency_id": Uuid::nil() }),
        "record_idva_contact" => {
            let ahead = app.now() + TimeDelta::days(2);
            json!({ "purpose": "before_meeting", "channel": "in_person", "result": "reached",
                "tried_at": ahead })
        }
        "agree_standard_actions" => json!({ "codes": ["no_such_code"] }),
        "set_standard_actions" => json!({ "actions": [] }),
        "report_action" => json!({ "status": "completed" }),
        "change_action" => json!({ "reason": "Because.", "due_on": tomorrow }),
        "reopen_action" => json!({ "reason": "Because." }),
        "resolve_action" => json!({ "reason": "Because.", "decision": "cancel" }),
        "share_information" => json!({ "nature": "fact", "sharing": "marac", "text": "T" }),
        "give_views" => json!({ "sharing": "marac", "text": "T" }),
        "record_risk" => json!({ "factor": "harm", "sharing": "marac", "text": "T" }),
        "record_safeguard" => {
            json!({ "safeguard": "mappa", "decision": "considered", "sharing": "marac" })
        }
        "record_crime" => json!({ "police_wish": "undecided", "sharing": "marac", "text": "T" }),
        "correct_hearing_entry" => json!({ "reason": "Because.", "strike": true }),
        "record_stay" => json!({}),
        "declare_conflict" => json!({ "agenda_item_id": things.item, "reason": "Because." }),
        "accept_confidentiality" => json!({ "version": 999 }),
        "word_statement" => json!({ "text": "Nothing leaves this room." }),
        "list_to_agencies" => json!({ "agencies": [] }),
        "withdraw_agenda_item" | "defer_agenda_item" => json!({ "reason": "Because." }),
        "hear_agenda_item" | "note_alert" | "move_meeting" | "change_agenda_item"
        | "build_agenda" => json!({}),
        "create_meeting" => {
            let past = app.now() - TimeDelta::days(2);
            json!({ "marac_id": things.marac, "kind": "scheduled", "starts_at": past, "mode": "online" })
        }
        "put_on_agenda" => {
            json!({ "case_id": things.case, "agencies": [], "late_reason": "Because." })
        }
        "order_agenda" => json!({ "items": [] }),
        "split_agenda" => json!({ "sessions": [] }),
        "return_research" => json!({ "nothing_known": true }),
        "return_research_list" => {
            json!({ "items": [{ "agenda_item_id": Uuid::nil(), "nothing_known": true }] })
        }
        "excuse_research" => json!({ "exempt": true, "reason": "Because." }),
        "draft_minutes" => json!({}),
        "correct_minutes" => json!({ "changes": [{ "what": "A name.", "why": "It was misspelt.",
            "edits": [{ "at": "/notes/-", "text": "A note." }] }] }),
        "record_attendance" => json!({ "role": "representative", "presence": "present" }),
        _ => return None,
    })
}
