//! The agenda on paper: all that its reader gets as JSON, for nobody else's eyes.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::London;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{agenda, listed, planned, step};
use crate::support::paper::says;
use crate::support::{Answer, Person, TestApp, World, etag, id};

/// A circulated meeting with something in every part of its agenda.
struct Printed {
    app: TestApp,
    world: World,
    meeting: Uuid,
    /// With children, to housing, in the morning; housing owes an action.
    children: Uuid,
    /// A repeat, to health, after lunch; health reported an action as not done.
    repeat: Uuid,
    /// To be noted, to housing.
    alert: Uuid,
    /// Withdrawn before the list went out.
    withdrawn: Uuid,
    /// Added by the chair, to housing and health.
    late: Uuid,
    /// Past its twelve months soon, shared with housing, which owes an action carried over twice.
    lapsing: Uuid,
    /// Of housing, excluded from the case with children.
    shut_out: Person,
}

impl Printed {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        let w = &world;
        // Each thing here is something that the paper must show.
        sql("update maracs set settings = '{\"meeting_capacity\": 1, \
             \"quorum\": {\"agency_kinds\": [\"probation\"], \"count\": 40}, \
             \"labels\": {\"survivor\": \"client\", \"perpetrator\": \"person causing harm\", \
             \"marking\": \"OFFICIAL <b>\"}}' where id = $1")
        .bind(w.wcc)
        .execute(&mut app.owner())
        .unwrap();
        let children = w.case_with_child(&app, "Okafor", "Brandt");
        let repeat = w.case(&app, "Lindqvist", "Frost");
        let alert = w.case(&app, "Rossi", "Moss");
        let withdrawn = w.case(&app, "Novak", "Costa");
        let late = w.case(&app, "Wells", "Hart");
        let lapsing = w.case(&app, "Adeyemi", "Khan");
        let shut_out = World::person(&app, "shut-out", w.housing, &[(w.wcc, "representative")]);
        let meeting = id(&planned(&app, w).await);
        let printed = Self {
            meeting,
            children,
            repeat,
            alert,
            withdrawn,
            late,
            lapsing,
            shut_out,
            app,
            world,
        };
        printed.list().await;
        printed.owe().await;
        step(
            &printed.app,
            &printed.world.coordinator,
            meeting,
            "circulate",
        )
        .await;
        printed.add_late().await;
        printed
    }

    /// Two sessions, an alert, and a case that was taken off.
    async fn list(&self) {
        let (app, w) = (&self.app, &self.world);
        let coordinator = app.as_(&w.coordinator);
        let first = listed(app, w, self.meeting, self.children, &[w.housing]).await;
        let off = listed(app, w, self.meeting, self.withdrawn, &[w.housing]).await;
        let mut others = Vec::new();
        for (case, kind, agency) in [
            (self.repeat, "repeat", w.health),
            (self.alert, "alert_only", w.housing),
        ] {
            let body = json!({ "case_id": case, "kind": kind, "agencies": [agency] });
            let path = format!("/meetings/{}/agenda", self.meeting);
            others.push(id(&coordinator.post(&path, body).await.expect(201)));
        }
        let seen = agenda(app, &w.coordinator, self.meeting).await;
        let start: DateTime<Utc> = time(&seen["meeting"]["starts_at"]);
        let sessions = json!({ "sessions": [
            { "heading": "Morning", "starts_at": start, "items": [id(&first), id(&off)] },
            { "heading": "After lunch", "starts_at": start + TimeDelta::minutes(90), "items": others },
        ] });
        let path = format!("/meetings/{}/agenda/sessions", self.meeting);
        let caller = app.as_(&w.coordinator).if_match(&etag(&seen["meeting"]));
        let split = caller.put(&path, sessions).await.expect(200);
        let off = item(&split, self.withdrawn);
        let reason = json!({ "reason": "Recorded in error." });
        let path = format!("/agenda-items/{}/withdraw", id(&off));
        let caller = app.as_(&w.coordinator).if_match(&etag(&off));
        caller.post(&path, reason).await.expect(200);
    }

    async fn owe(&self) {
        let (app, w) = (&self.app, &self.world);
        let coordinator = app.as_(&w.coordinator);
        let share = json!({ "agency_id": w.housing, "reason": "They act on it." });
        let path = format!("/cases/{}/shares", self.lapsing);
        coordinator.post(&path, share).await.expect(201);
        let mut made = Vec::new();
        for (case, owner, target, text) in [
            (
                self.children,
                w.housing,
                "perpetrator",
                "Change the Okafor locks.",
            ),
            (
                self.repeat,
                w.health,
                "survivor",
                "Ring the Lindqvist ward.",
            ),
            (
                self.lapsing,
                w.housing,
                "survivor",
                "Move the Adeyemi file.",
            ),
        ] {
            let body = json!({ "text": text, "owner_agency_id": owner, "category": "target_hardening",
                "target": target, "priority": "immediate", "due_on": app.today() + TimeDelta::days(3) });
            let path = format!("/cases/{case}/actions");
            made.push(coordinator.post(&path, body).await.expect(201));
        }
        let report = json!({ "status": "not_done", "reason": "Nobody came." });
        let path = format!("/actions/{}/report", id(&made[1]));
        let caller = app.as_(&w.health_rep).if_match(&etag(&made[1]));
        caller.post(&path, report).await.expect(200);
        for text in [
            "update actions set carried_over = 2, escalation = 'coordinator' where case_id = $1",
            "update cases set status = 'monitoring', lapses_on = last_referral_on + 20 where id = $1",
        ] {
            sql(text)
                .bind(self.lapsing)
                .execute(&mut app.owner())
                .unwrap();
        }
        sql(
            "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
             values ($1, $2, $3, $4, '', $5)",
        )
        .bind(Uuid::now_v7())
        .bind(w.wcc)
        .bind(self.children)
        .bind(self.shut_out.id)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    }

    async fn add_late(&self) {
        let (app, w) = (&self.app, &self.world);
        let body = json!({ "case_id": self.late, "agencies": [w.housing, w.health],
            "late_reason": "Attacked on Tuesday." });
        let path = format!("/meetings/{}/agenda", self.meeting);
        app.as_(&w.chair).post(&path, body).await.expect(201);
    }

    async fn read(&self, who: &Person, form: &str) -> Answer {
        let path = format!("/meetings/{}/agenda.{form}", self.meeting);
        self.app.as_(who).get(&path).await
    }

    /// Everything that somebody might read of the cases, by case; then what is the coordinator's.
    fn words(&self) -> [Vec<String>; 7] {
        let of = |case: Uuid, words: &[&str]| {
            let code = format!("T-{}", case.simple());
            let words = words.iter().map(|word| (*word).to_owned());
            std::iter::once(code).chain(words).collect()
        };
        [
            of(
                self.children,
                &["Given Okafor", "Brandt-alias", "Change the Okafor locks."],
            ),
            of(
                self.repeat,
                &["Given Lindqvist", "Ring the Lindqvist ward."],
            ),
            of(self.alert, &["Given Rossi"]),
            of(self.withdrawn, &["Recorded in error."]),
            of(self.late, &["Given Wells", "Hart-alias"]),
            of(self.lapsing, &["Move the Adeyemi file.", "2 times"]),
            [
                "More is listed than this meeting can hear: 3 cases, 45 minutes.",
                "no agency of the kind probation is expected",
                "more agencies should be expected",
                "Attacked on Tuesday.",
                "Listed to City Housing",
            ]
            .map(str::to_owned)
            .to_vec(),
        ]
    }
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn item(agenda: &Value, case: Uuid) -> Value {
    let mut items = agenda["items"].as_array().unwrap().iter();
    items
        .find(|item| item["case_id"] == json!(case))
        .unwrap()
        .clone()
}

/// The text of a web page as its reader has it, without the marks.
fn plain(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    let mut inside = false;
    let text = body.chars().filter_map(|letter| match letter {
        '<' => {
            inside = true;
            Some(' ')
        }
        '>' => {
            inside = false;
            None
        }
        _ => (!inside).then_some(letter),
    });
    text.collect::<String>().replace("&#39;", "'")
}

const CHILDREN: usize = 0;
const REPEAT: usize = 1;
const ALERT: usize = 2;
const LATE: usize = 4;
const LAPSING: usize = 5;

#[actix_web::test]
async fn each_part_of_the_paper_holds_what_its_reader_may_see_and_nothing_else() {
    let printed = Printed::new().await;
    let w = &printed.world;
    let words = printed.words();
    for (who, name, sees) in [
        (&w.coordinator, "coordinator", (0..7).collect::<Vec<_>>()),
        (
            &w.housing_rep,
            "housing-rep",
            vec![CHILDREN, ALERT, LATE, LAPSING],
        ),
        (&w.health_rep, "health-rep", vec![REPEAT, LATE]),
        (&printed.shut_out, "shut-out", vec![ALERT, LATE, LAPSING]),
        (&w.observer, "observer", Vec::new()),
    ] {
        let pdf = printed.read(who, "pdf").await.pages();
        let html = plain(&printed.read(who, "html").await.page());
        for (form, text) in [("pdf", &pdf.join(" ")), ("html", &html)] {
            for (part, words) in words.iter().enumerate() {
                for word in words {
                    let seen = says(text, word);
                    assert_eq!(seen, sees.contains(&part), "{name}, {form}: {word}");
                }
            }
            assert!(says(text, "Client") || sees.is_empty(), "{name}, {form}");
            assert!(!text.contains("urvivor"), "{name}, {form}: {text}");
            assert!(
                says(text, &format!("Printed for {name},")),
                "{name}, {form}"
            );
        }
        for (index, page) in pdf.iter().enumerate() {
            assert!(page.contains("OFFICIAL <b>"), "{name} {index}");
            assert!(
                page.contains(&format!("Printed for {name},")),
                "{name} {index}"
            );
            let number = format!("Page {} of {}", index + 1, pdf.len());
            assert!(page.contains(&number), "{name} {index}");
        }
    }
}

#[actix_web::test]
async fn the_paper_goes_through_the_meeting_in_its_order() {
    let printed = Printed::new().await;
    let w = &printed.world;
    let seen = agenda(&printed.app, &w.coordinator, printed.meeting).await;
    let clock = |at: DateTime<Utc>| at.with_timezone(&London).format("%H:%M").to_string();
    let start = time(&seen["meeting"]["starts_at"]);
    let at = |minutes: i64| clock(start + TimeDelta::minutes(minutes));
    let code = |case: Uuid| format!("T-{}", case.simple());
    // The late one comes behind the others of its part, in the session of the one before it.
    let order = [
        "Quorum".to_owned(),
        "Outstanding actions".to_owned(),
        "Not done, for the chair's word".to_owned(),
        "Ring the Lindqvist ward. Target hardening; about the client".to_owned(),
        "Due by the day of the meeting".to_owned(),
        "Change the Okafor locks. Target hardening; about the person causing harm".to_owned(),
        "Immediate priority".to_owned(),
        "Escalated to coordinator".to_owned(),
        format!("Session 1, Morning: from {}", at(0)),
        "Cases with children".to_owned(),
        format!("1 {} to {} {} New", at(0), at(15), code(printed.children)),
        format!("Break from {} to {}.", at(15), at(90)),
        format!("Session 2, After lunch: from {}", at(90)),
        "Cases of adults".to_owned(),
        format!(
            "2 {} to {} {} Repeat",
            at(90),
            at(105),
            code(printed.repeat)
        ),
        format!(
            "3 {} to {} {} New, added late",
            at(105),
            at(120),
            code(printed.late)
        ),
        "Noted for flagging and not discussed".to_owned(),
        format!("4 {} No", code(printed.alert)),
        "Taken off this list".to_owned(),
        format!("{} Withdrawn", code(printed.withdrawn)),
        "Cases passing twelve months".to_owned(),
        code(printed.lapsing),
        format!("Case 1: {}", code(printed.children)),
        format!("Case 2: {}", code(printed.repeat)),
        format!("Case 3: {}", code(printed.late)),
        format!("Case 4: {}", code(printed.alert)),
    ];
    let close = |text: &str| text.split_whitespace().collect::<String>();
    let pages = printed.read(&w.coordinator, "pdf").await.pages();
    let html = printed.read(&w.coordinator, "html").await.page();
    let (_, main) = html.split_once("<main>").unwrap();
    let main = plain(&format!("<body>{main}"));
    for (form, text) in [("pdf", pages.join(" ")), ("html", main)] {
        let text = close(&text);
        let mut from = 0;
        for part in &order {
            let found = text[from..].find(&close(part));
            from += found.unwrap_or_else(|| panic!("{form}: {part} is not in its place"));
        }
    }
    // A name stands on pages of its case alone.
    for page in pages.iter().filter(|page| page.contains("Given Okafor")) {
        assert!(
            says(page, &format!("Case {}", code(printed.children))),
            "{page}"
        );
        for other in ["Lindqvist", "Rossi", "Wells", "Adeyemi"] {
            assert!(!page.contains(other), "{page}");
        }
    }
}

#[actix_web::test]
async fn a_break_that_may_hold_what_a_reader_does_not_see_is_not_printed() {
    let printed = Printed::new().await;
    let w = &printed.world;
    // Housing has cases in both sessions; health has none in the first.
    let housing = printed.read(&w.housing_rep, "pdf").await.pages().join(" ");
    assert!(housing.contains("Break from"), "{housing}");
    let health = printed.read(&w.health_rep, "pdf").await.pages().join(" ");
    assert!(health.contains("Session 2") && !health.contains("Break from"));
    let seen = agenda(&printed.app, &w.health_rep, printed.meeting).await;
    let session = &seen["sessions"][0];
    let minutes = (time(&session["ends_at"]) - time(&session["starts_at"])).num_minutes();
    assert_eq!(minutes, 30);
}

#[actix_web::test]
async fn whoever_gets_no_agenda_as_json_gets_none_on_paper() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    listed(&app, &world, meeting, case, &[world.housing]).await;
    for form in ["html", "pdf"] {
        let path = format!("/meetings/{meeting}/agenda.{form}");
        // Before circulation the list is the coordinator's and the chair's.
        let early = app.as_(&world.housing_rep).get(&path).await;
        let early = match form {
            "pdf" => early.pages().join(" "),
            _ => early.page(),
        };
        assert!(!early.contains("Okafor") && early.contains("No case is on this agenda for you."));
        for (who, status) in [
            (&world.administrator, 403),
            (&world.analyst, 403),
            (&world.kc_coordinator, 404),
        ] {
            assert_eq!(
                app.as_(who).get(&path).await.status,
                status,
                "{}",
                who.email
            );
        }
    }
    // The page is as bare as that of minutes: nothing runs in it, nothing is loaded.
    let path = format!("/meetings/{meeting}/agenda.html");
    let page = app.as_(&world.coordinator).get(&path).await;
    let policy = page.header("content-security-policy").unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    let page = page.page();
    assert!(page.contains("<caption>") && !page.contains("<script") && !page.contains("http"));
}
