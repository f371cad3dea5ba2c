//! Registers kept in spreadsheets: taken over strictly, once, and without a word of anybody's in the
//! report.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{Datelike, Months, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::audit::{Audited, Event};
use kernel::clock::Clock;
use kernel::policy::Act;
use kernel::sql::sql;
use serde_json::{Value, json};
use toldonce::import::{self, FileReport, Mapping, Report, State};
use toldonce::reports;
use uuid::Uuid;

use crate::support::{TestApp, World};

const COLUMNS: [&str; 32] = [
    "ref",
    "area",
    "referred_on",
    "referring_agency",
    "referring_source",
    "co_referring_agency",
    "co_referring_source",
    "victim_family_name",
    "victim_given_names",
    "victim_aliases",
    "victim_dob",
    "victim_gender",
    "victim_ethnicity",
    "victim_lgbt",
    "victim_disabled",
    "victim_address",
    "victim_postcode",
    "victim_phone",
    "safe_to_call",
    "perpetrator_family_name",
    "perpetrator_given_names",
    "perpetrator_aliases",
    "perpetrator_dob",
    "perpetrator_gender",
    "relationship",
    "children",
    "criteria",
    "dash_answers",
    "judgement",
    "victim_aware",
    "consent",
    "meeting_on",
];

const YES_14: &str = "YYYYYYYYYYYYYYNNNNNNNNNN";

type Row = BTreeMap<&'static str, String>;

/// A referral that practice would hardly find fault with.
fn referral(reference: &str, cells: &[(&'static str, &str)]) -> Row {
    let usual = [
        ("ref", reference),
        ("area", "LDS"),
        ("referred_on", "2021-05-04"),
        ("referring_agency", "Yorkshire Constabulary"),
        ("referring_source", "police"),
        ("victim_family_name", "Hartley"),
        ("victim_given_names", reference),
        ("victim_dob", "1990-03-02"),
        ("victim_gender", "female"),
        ("victim_ethnicity", "white_british"),
        ("victim_lgbt", "no"),
        ("victim_disabled", "no"),
        ("perpetrator_family_name", "Quill"),
        ("perpetrator_given_names", "Piers"),
        ("perpetrator_dob", "1985-11-23"),
        ("perpetrator_gender", "male"),
        ("relationship", "ex_partner"),
        ("criteria", "V"),
        ("dash_answers", YES_14),
        ("victim_aware", "yes"),
        ("consent", "yes"),
        ("meeting_on", "2021-05-13"),
    ];
    let mut row: Row = usual.iter().map(|(c, v)| (*c, (*v).to_owned())).collect();
    row.extend(cells.iter().map(|(c, v)| (*c, (*v).to_owned())));
    row
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

fn table(columns: &[&str], rows: &[Row]) -> String {
    let mut text = columns.join(",") + "\n";
    for row in rows {
        let cells: Vec<_> = columns
            .iter()
            .map(|column| quoted(row.get(column).map_or("", String::as_str)))
            .collect();
        text += &(cells.join(",") + "\n");
    }
    text
}

/// A folder with a register; gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("toldonce-register-{}", Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn of(rows: &[Row]) -> Self {
        Self::new().with("referrals.csv", table(&COLUMNS, rows))
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.0.join(name), text).unwrap();
        self
    }

    fn meetings(self, rows: &str) -> Self {
        self.with("meetings.csv", format!("area,meeting_on,cases\n{rows}"))
    }

    fn actions(self, rows: &str) -> Self {
        self.with(
            "actions.csv",
            format!("ref,meeting_on,owner_source,action,due_on,status,reported_on\n{rows}"),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn app() -> TestApp {
    let day = NaiveDate::from_ymd_opt(2022, 6, 1).unwrap();
    TestApp::with(Clock::on(day), Limits::default()).await
}

fn take(app: &TestApp, folder: &Folder, mapping: &Mapping, commit: bool) -> Report {
    let (db, tools) = (&app.parts.db, &app.parts.tools);
    import::register(db, tools, &folder.0, mapping, commit, &mut ()).unwrap()
}

fn commit(app: &TestApp, folder: &Folder) -> Report {
    let report = take(app, folder, &Mapping::default(), true);
    assert!(report.is_clean(), "{report}");
    report
}

fn file<'r>(report: &'r Report, name: &str) -> &'r FileReport {
    report.files.iter().find(|file| file.file == name).unwrap()
}

/// `row column code` of every error.
fn errors(report: &Report) -> Vec<String> {
    let all = report.files.iter().flat_map(|file| &file.errors);
    all.map(|error| format!("{} {} {}", error.row, error.column, error.code))
        .collect()
}

#[derive(kernel::sql::Row)]
struct Number {
    n: i64,
}

#[derive(kernel::sql::Row)]
struct Line {
    line: String,
}

fn number(conn: &mut PgConnection, query: &'static str) -> i64 {
    sql(query).get_result::<Number>(conn).unwrap().n
}

fn lines(conn: &mut PgConnection, query: &'static str) -> Vec<String> {
    let rows: Vec<Line> = sql(query).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Rows in the whole database.
const EVERY_ROW: &str = "select sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c \
     from %I', table_name), false, true, '')))[1]::text::bigint)::bigint as n \
     from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'";

#[actix_web::test]
async fn a_register_becomes_cases_meetings_and_actions() {
    let app = app().await;
    let rows = [
        referral(
            "L/1",
            &[
                ("victim_address", "Flat 2\r\n17 \"Mill\" Row, Upper"),
                ("victim_postcode", "LS1 4AB"),
                ("victim_phone", "07700 900111"),
                ("safe_to_call", "yes"),
                ("victim_aliases", "Jo Harte; Joan Hart"),
                (
                    "children",
                    "Ana Maria Hartley|2012-08-31; Tom|; |2015-01-01;",
                ),
                ("victim_aware", "no"),
                ("consent", "not_sought"),
                ("criteria", "VER"),
                ("co_referring_agency", "Leeds Homes"),
                ("co_referring_source", "housing"),
            ],
        ),
        referral(
            "L/2",
            &[
                ("area", "BFD"),
                ("meeting_on", "2021-05-16"),
                ("children", "none"),
            ],
        ),
        referral(
            "L/3",
            &[
                ("referring_agency", ""),
                ("referring_source", "mash"),
                ("meeting_on", ""),
            ],
        ),
    ];
    let folder = Folder::of(&rows)
        .meetings("LDS,2021-05-13,1\nBFD,2021-05-16,3\nLDS,2022-07-07,0\n")
        .actions(
            "L/1,2021-05-13,housing,\"Fit locks,\nfront and back\",2021-05-27,completed,2021-05-20\n\
             L/1,2021-05-13,police,Set a marker,,open,\n\
             L/1,2021-05-13,police,Set a marker,,open,\n\
             L/2,2021-05-16,probation,Review the licence,2021-05-10,not_done,2021-06-01\n\
             L/2,2021-05-16,probation,Tell the officer,2021-05-30,in_progress,\n",
        );
    let report = commit(&app, &folder);

    let referrals = file(&report, "referrals.csv");
    assert_eq!(
        (referrals.rows, referrals.new, referrals.already_there),
        (3, 3, 0)
    );
    let gaps = serde_json::to_value(&referrals.gaps).unwrap();
    let expected = json!({"R10_children_or_none": 1, "R10_children_safeguarding": 1,
        "R1_referrer_contact": 3, "R1_referring_agency": 1, "R1_what_happened": 3,
        "R2_escalation_events": 1, "R2_previous_referral": 1, "R6_lawful_basis": 1,
        "R7_not_aware_reason": 1, "R9_idva_referral": 3, "assessed_on": 3, "meeting_on": 1});
    assert_eq!(gaps, expected);
    let meetings = file(&report, "meetings.csv");
    assert_eq!(
        serde_json::to_value(&meetings.counts).unwrap(),
        json!({"cases_put_on_agendas": 2, "counts_of_cases_that_differ_from_the_referrals": 1,
            "referrals_whose_meeting_is_not_here": 0, "still_to_come": 1})
    );
    let actions = file(&report, "actions.csv");
    assert_eq!(
        serde_json::to_value(&actions.gaps).unwrap(),
        json!({"R26_due_before_meeting": 1, "R26_due_on": 2, "R26_owner": 5, "R28_reason": 1, "target": 5})
    );
    let made: Vec<_> = report
        .agencies_made
        .iter()
        .map(|made| format!("{} {}", made.marac, made.name))
        .collect();
    assert_eq!(
        made,
        [
            "BFD Yorkshire Constabulary",
            "BFD Probation (BFD)",
            "LDS Yorkshire Constabulary",
            "LDS Leeds Homes",
            "LDS MASH (LDS)"
        ]
    );

    let mut conn = app.owner();
    assert_eq!(
        lines(
            &mut conn,
            "select concat_ws(' ', r.external_ref, m.code, r.status, r.score, array_to_string(r.criteria, ','), \
             r.is_repeat, c.status, c.lapses_on, n.children, n.source, n.co_source) as line from referrals r \
             join maracs m on m.id = r.marac_id join cases c on c.id = r.case_id \
             join referral_counts n on n.referral_id = r.id order by 1"
        ),
        [
            "L/1 LDS accepted 14 visible_high_risk,potential_escalation,repeat f lapsed 2022-05-04 3 police housing",
            "L/2 BFD accepted 14 visible_high_risk f lapsed 2022-05-04 0 police",
            "L/3 LDS accepted 14 visible_high_risk f listed 2022-05-04 0 mash",
        ]
    );
    assert_eq!(
        lines(
            &mut conn,
            "select concat_ws(' ', m.code, t.status, (t.starts_at at time zone 'Europe/London')::text, \
             (select count(*) from agenda_items i where i.meeting_id = t.id and i.status = 'heard')) as line \
             from meetings t join maracs m on m.id = t.marac_id order by 1"
        ),
        [
            "BFD held 2021-05-16 10:00:00 1",
            "LDS held 2021-05-13 10:00:00 1",
            "LDS planned 2022-07-07 10:00:00 0"
        ]
    );
    assert_eq!(
        lines(
            &mut conn,
            "select concat_ws(' ', g.kind, a.status, a.due_on, a.agreed_on, (a.meeting_id is not null), \
             (select string_agg(e.kind || '@' || e.effective_on, ',' order by e.id) from action_events e \
             where e.action_id = a.id)) as line \
             from actions a join agencies g on g.id = a.owner_agency_id order by 1"
        ),
        [
            "housing completed 2021-05-27 2021-05-13 t agreed@2021-05-13,reported@2021-05-20",
            "police open 2021-05-27 2021-05-13 t agreed@2021-05-13",
            "police open 2021-05-27 2021-05-13 t agreed@2021-05-13",
            "probation in_progress 2021-05-30 2021-05-16 t agreed@2021-05-16,reported@2021-05-16",
            "probation not_done 2021-05-10 2021-05-16 t agreed@2021-05-16,reported@2021-06-01",
        ]
    );
    // One for each referral, case with actions and meeting made, and one for each file.
    assert_eq!(
        number(
            &mut conn,
            "select count(*) as n from audit_events where act = 'import_register'"
        ),
        3 + 1 + 3 + 1 + 2 + 1 + 1
    );
}

#[actix_web::test]
async fn the_coordinator_reads_what_was_taken_over() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let row = referral(
        "L/1",
        &[
            ("area", "City West"),
            ("victim_address", "Flat 2\n17 Mill Row"),
            ("victim_postcode", "LS1 4AB"),
            ("victim_aliases", "Jo Harte; Joan Hart"),
            ("victim_phone", "07700 900111"),
            ("safe_to_call", "unknown"),
            ("children", "Ana Maria Hartley|2012-08-31"),
            ("referring_agency", "metropolitan police"),
        ],
    );
    let folder = Folder::of(&[row]).with("map.toml", "[areas]\n\"City West\" = \"WCC\"\n");
    let mapping = Mapping::read(&folder.0.join("map.toml")).unwrap();
    let report = take(&app, &folder, &mapping, true);
    assert!(
        report.is_clean() && report.agencies_made.is_empty(),
        "{report}"
    );
    assert!(!report.areas[0].made && report.areas[0].marac == "WCC");

    let id = lines(&mut app.owner(), "select id::text as line from referrals");
    let path = format!("/referrals/{}", id[0]);
    let read = app.as_(&world.coordinator).get(&path).await.expect(200);
    assert_eq!(read["agency_id"], json!(world.police));
    assert!(
        read["gaps"]
            .as_array()
            .unwrap()
            .contains(&json!("R9_idva_referral"))
    );
    let sent = &read["referral"];
    assert_eq!(sent["survivor"]["identity"]["family_name"], "Hartley");
    assert_eq!(
        sent["survivor"]["identity"]["aliases"],
        json!(["Jo Harte", "Joan Hart"])
    );
    assert_eq!(
        sent["survivor"]["addresses"][0]["lines"],
        "Flat 2\n17 Mill Row"
    );
    assert_eq!(sent["survivor"]["contacts"][0]["safe_to_call"], false);
    assert_eq!(sent["perpetrators"][0]["relationship"], "ex_partner");
    assert_eq!(sent["children"][0]["identity"]["given_names"], "Ana Maria");
    assert_eq!(sent["awareness"]["consent"], "given");
    assert_eq!(read["score"]["yes"], 14);
    for nobody in [&world.kc_coordinator, &world.officer] {
        app.as_(nobody).get(&path).await.expect(404);
    }
}

#[actix_web::test]
async fn criteria_without_their_ground_are_read_as_they_were_recorded() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let rows = [
        referral("L/1", &[("criteria", "VER")]),
        referral("L/2", &[("criteria", "VE"), ("dash_answers", "")]),
    ];
    let rows = rows.map(|mut row| {
        row.insert("area", "WCC".to_owned());
        row
    });
    let report = take(&app, &Folder::of(&rows), &Mapping::default(), true);
    assert!(report.is_clean(), "{report}");
    let ids = lines(
        &mut app.owner(),
        "select id::text as line from referrals order by external_ref",
    );
    let coordinator = app.as_(&world.coordinator);
    let recorded = json!({ "kind": "recorded" });
    let score = json!({ "kind": "score", "tool": "safelives_dash", "yes": 14, "maximum": 24, "threshold": 14 });
    for (id, high_risk) in [(&ids[0], &score), (&ids[1], &recorded)] {
        let path = format!("/referrals/{id}");
        let criteria = coordinator.get(&path).await.expect(200)["criteria"].clone();
        let mut expected = json!([
            { "criterion": "visible_high_risk", "claimed": true, "evidence": high_risk },
            { "criterion": "potential_escalation", "claimed": true, "evidence": recorded },
        ]);
        if id == &ids[0] {
            let repeat = json!({ "criterion": "repeat", "claimed": true, "evidence": recorded });
            expected.as_array_mut().unwrap().push(repeat);
        }
        assert_eq!(criteria["met"], expected);
        assert_eq!(criteria["not_borne_out"], json!([]));
    }
}

#[actix_web::test]
async fn the_shape_of_the_file_does_not_matter() {
    let app = app().await;
    let mut columns: Vec<&str> = COLUMNS
        .iter()
        .copied()
        .filter(|column| !["victim_phone", "co_referring_source", "judgement"].contains(column))
        .collect();
    columns.reverse();
    columns.insert(3, "remarks");
    let rows = [
        referral("L/1", &[("victim_address", "Flat 2\n17 Mill Row")]),
        referral(
            "L/2",
            &[
                ("victim_ethnicity", "other_arab"),
                ("perpetrator_family_name", ""),
            ],
        ),
    ];
    let text = table(&columns, &rows)
        .replace("\r\n", "\n")
        .replace('\n', "\r\n");
    let blank = ",".repeat(columns.len() - 1);
    let text = format!("\u{feff}{text}\r\n{blank}\r\n\r\n");
    let folder = Folder::new().with("referrals.csv", text);
    let report = commit(&app, &folder);
    let referrals = file(&report, "referrals.csv");
    assert_eq!((referrals.rows, referrals.new), (2, 2));
    assert_eq!(referrals.columns_not_taken, [4]);
    assert_eq!(file(&report, "meetings.csv").state, State::Absent);
    assert_eq!(
        lines(
            &mut app.owner(),
            "select ethnicity as line from referral_counts order by 1"
        ),
        ["arab", "white_british"]
    );
}

#[actix_web::test]
async fn an_import_may_be_repeated_and_goes_on_where_the_register_has_grown() {
    let app = app().await;
    let rows = [referral("L/1", &[]), referral("L/2", &[])];
    let first = "L/1,2021-05-13,police,Set a marker,2021-05-27,open,\n";
    let folder = Folder::of(&rows[..1])
        .meetings("LDS,2021-05-13,1\n")
        .actions(first);
    commit(&app, &folder);
    let mut conn = app.owner();
    let before = number(&mut conn, EVERY_ROW);
    let report = commit(&app, &folder);
    for file in &report.files {
        assert_eq!((file.new, file.already_there), (0, 1), "{}", file.file);
    }
    assert!(report.agencies_made.is_empty() && !report.areas[0].made);
    // Only that somebody imported: once for each file, and for the referrals once more.
    let audits = number(&mut conn, EVERY_ROW) - before;
    assert!((3..=4).contains(&audits), "{audits}");

    let grown = Folder::of(&rows)
        .meetings("LDS,2021-05-13,2\n")
        .actions(&format!(
            "{}L/2,2021-05-13,police,Set a marker,2021-05-27,open,\n",
            first.replace(",open,", ",completed,2021-06-01"),
        ));
    let report = commit(&app, &grown);
    for (name, new, there) in [
        ("referrals.csv", 1, 1),
        ("meetings.csv", 0, 1),
        ("actions.csv", 1, 1),
    ] {
        let file = file(&report, name);
        assert_eq!((file.new, file.already_there), (new, there), "{name}");
    }
    assert_eq!(
        number(&mut conn, "select count(*) as n from agenda_items"),
        2
    );
    assert_eq!(
        number(
            &mut conn,
            "select count(*) as n from actions where status = 'open'"
        ),
        2
    );
}

#[actix_web::test]
async fn a_dry_run_says_what_would_be_done_and_writes_nothing_at_all() {
    let app = app().await;
    let folder = Folder::of(&[referral("L/1", &[]), referral("L/2", &[("area", "BFD")])])
        .meetings("LDS,2021-05-13,1\n")
        .actions("L/1,2021-05-13,idva,Agree a plan,2021-05-27,open,\n");
    let before = number(&mut app.owner(), EVERY_ROW);
    let dry = take(&app, &folder, &Mapping::default(), false);
    assert_eq!(number(&mut app.owner(), EVERY_ROW), before);
    let mut done = commit(&app, &folder);
    assert!(!dry.committed && done.committed);
    done.committed = false;
    for file in &mut done.files {
        assert_eq!(file.state, State::Written);
        file.state = State::WouldBeWritten;
    }
    assert_eq!(dry.to_string(), done.to_string());
    assert!(
        dry.to_string()
            .contains("area BFD -> MARAC BFD (would be made)")
    );
}

#[actix_web::test]
async fn a_bad_row_is_named_by_row_column_and_rule_and_nothing_is_written() {
    let app = app().await;
    let before = number(&mut app.owner(), EVERY_ROW);
    let cases: [(&str, &str, &str); 31] = [
        ("ref", "", "required"),
        ("ref", "L/1", "duplicate"),
        ("area", "", "required"),
        ("area", "Leeds North", "no_marac"),
        ("referred_on", "", "required"),
        ("referred_on", "04/05/2021", "not_a_date"),
        ("referred_on", "2021-02-29", "not_a_date"),
        ("referred_on", "2022-06-02", "in_the_future"),
        ("referring_source", "", "required"),
        ("referring_source", "constabulary", "unknown_value"),
        ("co_referring_source", "somebody", "unknown_value"),
        ("victim_family_name", "", "required"),
        ("victim_family_name", &"x".repeat(121), "too_long"),
        ("victim_given_names", "Jo\u{0}", "control_character"),
        ("victim_aliases", "Jo\u{7f}", "control_character"),
        (
            "perpetrator_family_name",
            "Jo\u{202e}",
            "bidirectional_control",
        ),
        ("judgement", "a\u{ffff}", "noncharacter"),
        ("children", "Ana \u{2066}Sol", "bidirectional_control"),
        ("ref", "\u{3164}", "required"),
        ("victim_dob", "1990-3-2", "not_a_date"),
        ("victim_dob", "2021-05-05", "after_the_referral"),
        ("victim_gender", "F", "unknown_value"),
        ("victim_ethnicity", "martian", "unknown_value"),
        ("victim_lgbt", "maybe", "unknown_value"),
        ("victim_postcode", "LS1 4AB LS1 4AB", "too_long"),
        ("relationship", "friend", "unknown_value"),
        ("children", "Ana Hartley|31/08/2012", "not_a_date"),
        ("criteria", "VX", "unknown_criterion"),
        ("dash_answers", "YYY", "wrong_length"),
        ("dash_answers", "ZYYYYYYYYYYYYYNNNNNNNNNN", "unknown_answer"),
        ("consent", "perhaps", "unknown_value"),
    ];
    for (column, value, code) in cases {
        let mut bad = referral("L/2", &[]);
        bad.insert(
            COLUMNS.into_iter().find(|known| *known == column).unwrap(),
            value.to_owned(),
        );
        let folder = Folder::of(&[referral("L/1", &[]), bad, referral("L/3", &[])]);
        let report = take(&app, &folder, &Mapping::default(), true);
        assert!(!report.is_clean());
        assert_eq!(errors(&report), [format!("3 {column} {code}")]);
        assert_eq!(file(&report, "referrals.csv").rows, 3);
    }
    assert_eq!(number(&mut app.owner(), EVERY_ROW), before);
}

#[actix_web::test]
async fn a_broken_file_is_told_from_a_bad_cell() {
    let app = app().await;
    let good = table(&COLUMNS, &[referral("L/1", &[]), referral("L/2", &[])]);
    let open_quote = good.replace("Hartley,L/1", "\"Hartley,L/1");
    let latin: Vec<u8> = good
        .replace("Hartley,L/2", "H~rtley,L/2")
        .bytes()
        .map(|byte| if byte == b'~' { 0xe4 } else { byte })
        .collect();
    let no_heading = good.lines().skip(1).collect::<Vec<_>>().join("\n");
    let missing = [
        "1 ref missing_column",
        "1 area missing_column",
        "1 referred_on missing_column",
        "1 referring_source missing_column",
        "1 victim_family_name missing_column",
        "1 perpetrator_family_name missing_column",
    ];
    let cases: [(Vec<u8>, &[&str]); 5] = [
        (open_quote.into_bytes(), &["2 (row) wrong_number_of_cells"]),
        (latin, &["3 victim_family_name not_utf8"]),
        (no_heading.into_bytes(), &missing),
        (
            good.replacen("consent", "criteria", 1).into_bytes(),
            &["1 criteria duplicate_column"],
        ),
        (Vec::new(), &missing),
    ];
    for (text, expected) in cases {
        let folder = Folder::new().with("referrals.csv", text);
        let report = take(&app, &folder, &Mapping::default(), true);
        assert_eq!(errors(&report), expected);
    }
    let (db, tools, mapping) = (&app.parts.db, &app.parts.tools, Mapping::default());
    let nothing = import::register(db, tools, &Folder::new().0, &mapping, true, &mut ());
    assert!(nothing.unwrap_err().to_string().contains("referrals.csv"));
}

#[actix_web::test]
async fn a_file_with_an_error_stops_those_that_build_on_it_and_no_others() {
    let app = app().await;
    let folder = Folder::of(&[referral("L/1", &[])])
        .meetings("LDS,2021-05-13,1\nLDS,2021-05-13,1\nLDS,soon,-1\n")
        .actions("L/1,2021-05-13,police,Set a marker,2021-05-27,open,\n");
    let report = take(&app, &folder, &Mapping::default(), true);
    let states: Vec<_> = report.files.iter().map(|file| file.state).collect();
    assert_eq!(states, [State::Written, State::Refused, State::HeldBack]);
    assert_eq!(
        errors(&report),
        [
            "3 meeting_on duplicate",
            "4 meeting_on not_a_date",
            "4 cases not_a_number"
        ]
    );
    let folder = folder.meetings("LDS,2021-05-13,1\n").actions(
        "L/1,2021-05-13,police,Set a marker,2021-05-27,open,\n\
         L/9,2021-05-13,police,Set a marker,2021-05-27,open,\n\
         L/1,,nobody,,2021-05-32,done,2022-06-02\n",
    );
    let report = take(&app, &folder, &Mapping::default(), true);
    let states: Vec<_> = report.files.iter().map(|file| file.state).collect();
    assert_eq!(states, [State::Written, State::Written, State::Refused]);
    assert_eq!(
        errors(&report),
        [
            "3 ref unknown_referral",
            "4 meeting_on required",
            "4 owner_source unknown_value",
            "4 action required",
            "4 due_on not_a_date",
            "4 status unknown_value",
            "4 reported_on in_the_future"
        ]
    );
    assert_eq!(
        number(&mut app.owner(), "select count(*) as n from actions"),
        0
    );
    let folder = folder.actions("L/1,2021-05-13,police,Set a marker,2021-05-27,open,\n");
    let report = commit(&app, &folder);
    assert_eq!(file(&report, "actions.csv").new, 1);
}

#[actix_web::test]
async fn nothing_of_anybody_stands_in_the_report() {
    let app = app().await;
    let canaries = |suffix: &str| {
        let canary = |name: &str| format!("Canary{name}{suffix}");
        let mut row = referral("L/1", &[]);
        for column in [
            "victim_family_name",
            "victim_given_names",
            "victim_aliases",
            "victim_address",
            "victim_phone",
            "perpetrator_family_name",
            "perpetrator_given_names",
            "perpetrator_aliases",
            "children",
            "judgement",
        ] {
            row.insert(column, canary(column));
        }
        row
    };
    let mut bad = canaries("bad");
    for column in COLUMNS {
        bad.insert(column, format!("Canary\u{1}{column}"));
    }
    let action = "L/1,2021-05-13,police,CanaryAction,2021-05-27,open,\n";
    let bad_action =
        "CanaryRef,CanaryDay,CanaryOwner,CanaryAction,CanaryDay,CanaryStatus,CanaryDay\n";
    let no_heading = table(&COLUMNS, &[canaries("heading")])
        .lines()
        .nth(1)
        .unwrap()
        .to_owned();
    let folders = [
        Folder::of(&[canaries("")]).actions(action),
        Folder::of(&[canaries(""), bad]).actions(bad_action),
        Folder::of(&[canaries("")]).actions(bad_action),
        Folder::new().with("referrals.csv", no_heading),
    ];
    for folder in &folders {
        for commit in [false, true] {
            let report = take(&app, folder, &Mapping::default(), commit);
            let texts = [
                report.to_string(),
                serde_json::to_string(&report).unwrap(),
                format!("{report:?}"),
            ];
            for text in texts {
                assert!(!text.contains("Canary"), "{text}");
            }
        }
    }
}

#[actix_web::test]
async fn a_further_referral_of_exactly_the_pair_joins_its_case() {
    let app = app().await;
    let of = |reference: &str, on: &str, more: &[(&'static str, &str)]| {
        let mut row = referral(
            reference,
            &[("referred_on", on), ("victim_given_names", "Jo Ann")],
        );
        row.extend(
            more.iter()
                .map(|(column, value)| (*column, (*value).to_owned())),
        );
        row
    };
    // Not in the order of their days.
    let rows = [
        of(
            "L/4",
            "2021-03-02",
            &[
                ("victim_family_name", "HARTLEY"),
                ("victim_given_names", "jo-ann"),
            ],
        ),
        of("L/1", "2019-01-31", &[]),
        of("L/3", "2021-03-01", &[]),
        of("L/2", "2020-01-31", &[("criteria", "R")]),
        of("S/1", "2020-02-01", &[("victim_family_name", "Hartly")]),
        of("S/2", "2020-02-01", &[("perpetrator_dob", "1985-12-23")]),
        of("S/3", "2020-02-01", &[("victim_dob", "")]),
        of("S/4", "2020-02-02", &[("victim_dob", "")]),
        of("S/5", "2020-02-01", &[("area", "BFD")]),
    ];
    let folder = Folder::of(&rows).meetings("");
    let report = commit(&app, &folder);
    let counts = &file(&report, "referrals.csv").counts;
    assert_eq!(counts["joined_the_case_of_their_pair"], 3);
    assert_eq!(counts["repeats"], 2);
    assert_eq!(counts["cases"], 6);
    let mut conn = app.owner();
    assert_eq!(
        lines(
            &mut conn,
            "select concat_ws(' ', r.external_ref, r.is_repeat, dense_rank() over (order by first.ref), \
             c.last_referral_on, c.lapses_on) as line from referrals r join cases c on c.id = r.case_id, \
             lateral (select min(o.external_ref) as ref from referrals o where o.case_id = r.case_id) first \
             order by r.external_ref"
        ),
        [
            "L/1 f 1 2021-03-02 2022-03-02",
            "L/2 t 1 2021-03-02 2022-03-02",
            "L/3 f 1 2021-03-02 2022-03-02",
            "L/4 t 1 2021-03-02 2022-03-02",
            "S/1 f 2 2020-02-01 2021-02-01",
            "S/2 f 3 2020-02-01 2021-02-01",
            "S/3 f 4 2020-02-01 2021-02-01",
            "S/4 f 5 2020-02-02 2021-02-02",
            "S/5 f 6 2020-02-01 2021-02-01",
        ]
    );
    // The pair is one survivor and one perpetrator, with nothing lost.
    assert_eq!(
        number(
            &mut conn,
            "select count(*) as n from parties p join referrals r on r.case_id = p.case_id \
             where r.external_ref = 'L/1'"
        ),
        2
    );
    // A repeat that the case's own history shows stands on it, and is no gap.
    let gap = "select count(*) as n from referrals where 'R2_previous_referral' = any (gaps)";
    assert_eq!(number(&mut conn, gap), 0);

    // An older referral that turns up later leaves the case as its latest has it.
    let version = "select max(c.version)::bigint as n from cases c join referrals r on r.case_id = c.id \
         where r.external_ref = 'L/1'";
    let before = number(&mut conn, version);
    commit(
        &app,
        &Folder::of(&[of("L/0", "2018-06-01", &[("criteria", "E")])]),
    );
    assert_eq!(number(&mut conn, version), before);
}

#[actix_web::test]
async fn a_kind_of_owner_is_the_areas_agency_of_that_kind() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mapping = Folder::new().with(
        "map.toml",
        "[areas]\nLDS = \"WCC\"\nBFD = { marac = \"KC\", name = \"K\" }\n",
    );
    let mapping = Mapping::read(&mapping.0.join("map.toml")).unwrap();
    let rows = [referral("L/1", &[]), referral("L/2", &[("area", "BFD")])];
    let folder = Folder::of(&rows).actions(
        "L/1,2021-05-13,police,One,2021-05-27,open,\n\
         L/1,2021-05-13,housing,Two,2021-05-27,open,\n\
         L/2,2021-05-13,housing,Three,2021-05-27,open,\n\
         L/2,2021-05-13,idva,Four,2021-05-27,open,\n",
    );
    let report = take(&app, &folder, &mapping, true);
    assert!(report.is_clean(), "{report}");
    assert_eq!(
        file(&report, "actions.csv").gaps["R26_owner_one_of_several"],
        1
    );
    assert_eq!(file(&report, "actions.csv").gaps["meeting"], 4);
    let owners = lines(
        &mut app.owner(),
        "select concat_ws(' ', m.code, g.name) as line from actions a join agencies g on \
         g.id = a.owner_agency_id join maracs m on m.id = a.marac_id order by 1",
    );
    assert_eq!(
        owners,
        [
            "KC City Housing",
            "KC IDVA service (KC)",
            "WCC City Housing",
            "WCC Metropolitan Police"
        ]
    );
    // The owner has it on its list, and the register's due date stands.
    let list = app
        .as_(&world.housing_rep)
        .get("/actions?status=outstanding")
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_mapping_that_cannot_be_used_is_refused() {
    for bad in [
        "areas = 3",
        "[areas]\nLDS = \"leeds\"",
        "[area]\nLDS = \"LDS\"",
        "[areas]\nLDS = { marac = \"LDS\" }",
    ] {
        let folder = Folder::new().with("map.toml", bad);
        let refused = Mapping::read(&folder.0.join("map.toml")).unwrap_err();
        assert!(refused.to_string().contains("[areas]"), "{bad}");
    }
}

/// Counts by area and financial year, as annual reports have them.
const BY_YEAR: &str = "select (select m.code from maracs m where m.id = n.marac_id) || ' ' || y.y || '-' || \
     lpad(((y.y + 1) % 100)::text, 2, '0') || ' ' || concat_ws(' ', count(*), sum(children), \
     count(*) filter (where ethnicity not in ('white_british', 'unknown')), \
     count(*) filter (where lgbt = 'yes'), count(*) filter (where lgbt <> 'unknown'), \
     count(*) filter (where disabled = 'yes'), count(*) filter (where gender = 'male'), \
     count(*) filter (where source = 'housing')) as line \
     from referral_counts n, lateral (select extract(year from referred_on - interval '3 months')::int as y) y \
     group by n.marac_id, y.y order by 1";

fn year_of(on: NaiveDate) -> String {
    let year = (on - Months::new(3)).year();
    format!("{year}-{:02}", (year + 1) % 100)
}

/// The same numbers from the text itself.
fn counted(rows: &[Row]) -> Vec<String> {
    let mut years: BTreeMap<String, [u64; 8]> = BTreeMap::new();
    for row in rows {
        let cell = |column: &str| row.get(column).map_or("", String::as_str);
        let on = cell("referred_on").parse().unwrap();
        let sums = years
            .entry(format!("{} {}", cell("area"), year_of(on)))
            .or_default();
        let known = |word: &str| !["", "unknown"].contains(&word);
        let more = [
            1,
            cell("children")
                .split(';')
                .filter(|child| !child.trim().is_empty())
                .count() as u64,
            u64::from(
                known(cell("victim_ethnicity")) && cell("victim_ethnicity") != "white_british",
            ),
            u64::from(cell("victim_lgbt") == "yes"),
            u64::from(known(cell("victim_lgbt"))),
            u64::from(cell("victim_disabled") == "yes"),
            u64::from(cell("victim_gender") == "male"),
            u64::from(cell("referring_source") == "housing"),
        ];
        sums.iter_mut()
            .zip(more)
            .for_each(|(sum, more)| *sum += more);
    }
    let line = |(key, sums): (String, [u64; 8])| {
        let sums: Vec<_> = sums.iter().map(u64::to_string).collect();
        format!("{key} {}", sums.join(" "))
    };
    years.into_iter().map(line).collect()
}

#[actix_web::test]
async fn counts_of_a_register_are_those_of_its_text() {
    let app = app().await;
    // A plain congruential sequence: any register will do, so long as it is the same each time.
    let mut state = 20_210_504_u64;
    let mut any = move |of: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % of
    };
    let mut pick = |from: &[&str]| from[any(from.len() as u64) as usize].to_owned();
    let days: Vec<String> = NaiveDate::from_ymd_opt(2019, 3, 25)
        .unwrap()
        .iter_days()
        .take(800)
        .map(|day| day.to_string())
        .collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let rows: Vec<Row> = (0..160)
        .map(|n| {
            let mut row = referral(&format!("N{n}"), &[]);
            let words: [(&str, &[&str]); 8] = [
                ("area", &["LDS", "BFD", "YORK"]),
                ("referred_on", &days),
                ("victim_gender", &["female", "male", "other", "unknown", ""]),
                (
                    "victim_ethnicity",
                    &[
                        "white_british",
                        "white_irish",
                        "other_any",
                        "mixed_white_asian",
                        "unknown",
                        "",
                    ],
                ),
                ("victim_lgbt", &["yes", "no", "unknown", ""]),
                ("victim_disabled", &["yes", "no", "unknown", ""]),
                ("referring_source", &["police", "housing", "idva"]),
                (
                    "children",
                    &[
                        "",
                        "none ",
                        "A B|2010-01-01",
                        "A B|2010-01-01; C|; D E F|2019-05-06;",
                    ],
                ),
            ];
            for (column, from) in words {
                row.insert(column, pick(from));
            }
            row
        })
        .collect();
    let report = commit(&app, &Folder::of(&rows));
    assert_eq!(file(&report, "referrals.csv").new, 160);
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|mut row| {
            row.retain(|_, cell| cell.trim() != "none");
            row
        })
        .collect();
    assert_eq!(lines(&mut app.owner(), BY_YEAR), counted(&rows));
}

#[actix_web::test]
async fn the_shared_register_gives_the_figures_its_boroughs_printed() {
    let folder = match std::env::var_os("TOLDONCE_TEST_REGISTER") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/register"),
    };
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.json")) else {
        eprintln!("no register beside the repository: not imported");
        return;
    };
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let app = TestApp::new().await;
    let (db, tools, mapping) = (&app.parts.db, &app.parts.tools, Mapping::default());
    let report = import::register(db, tools, &folder, &mapping, true, &mut ()).unwrap();
    assert!(report.is_clean(), "{report}");
    let years = expected
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| key.contains(' '));
    let printed: BTreeMap<String, String> = years
        .map(|(key, year)| {
            let figures = [
                "referrals",
                "children",
                "minoritised",
                "lgbt",
                "lgbt_known",
                "disabled",
                "male_victims",
                "housing_referrals",
            ];
            let figures: Vec<_> = figures.iter().map(|name| year[*name].to_string()).collect();
            (key.clone(), format!("{key} {}", figures.join(" ")))
        })
        .collect();
    let printed: Vec<String> = printed.into_values().collect();
    assert_eq!(lines(&mut app.owner(), BY_YEAR), printed);
    let as_at = expected["actions"]["overdue_on"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let actions = db
        .run_system(Act::RunReport.ask(), |tx| {
            Ok(Audited::new(
                reports::actions(tx, as_at, None)?,
                Event::new(),
            ))
        })
        .unwrap();
    let counts = json!({"total": actions.counts.total, "open": actions.counts.open,
        "overdue": actions.counts.overdue, "overdue_on": actions.as_at});
    assert_eq!(counts, expected["actions"]);
    // Exact identity finds fewer repeats than there are: names and dates are misspelt. Never more.
    let truth: u64 = expected
        .as_object()
        .unwrap()
        .values()
        .filter_map(|year| year["repeats"].as_u64())
        .sum();
    let repeats = file(&report, "referrals.csv").counts["repeats"];
    assert!(0 < repeats && repeats <= truth, "{repeats} of {truth}");
    let again = import::register(db, tools, &folder, &mapping, true, &mut ()).unwrap();
    assert!(again.files.iter().all(|file| file.new == 0), "{again}");
}
