//! Minutes on paper: what is printed is what the reader's lens holds, and nothing else.

use crate::minutes::Held;
use crate::support::id;
use crate::support::paper::says;

#[actix_web::test]
async fn the_text_of_the_pdf_holds_what_the_readers_lens_holds_and_nothing_else() {
    let held = Held::issued().await;
    let w = &held.world;
    let (code_a, code_b) = (
        format!("T-{}", held.a.simple()),
        format!("T-{}", held.b.simple()),
    );
    let all = [
        "Okafor",
        "Brandt",
        "Alpha information",
        "Alpha views",
        "Alpha harm",
        "Alpha crime",
        "Change Alpha locks",
        "Alpha secret",
        &code_a,
        "Lindqvist",
        "Frost",
        "Bravo information",
        "Bravo views",
        "Tell the Bravo ward",
        "Bravo secret",
        &code_b,
    ];
    let of_a = 8;
    for (who, name, sees) in [
        (
            &w.coordinator,
            "coordinator, Coordination Partnership",
            all.to_vec(),
        ),
        (
            &w.housing_rep,
            "housing-rep, City Housing",
            [&all[..of_a - 1], &all[of_a..=of_a]].concat(),
        ),
        (&w.police_rep, "police-rep, Metropolitan Police", Vec::new()),
    ] {
        let pages = held.get(who, ".pdf").await.pages();
        let text = pages.join(" ");
        for word in all {
            let seen = says(&text, word);
            assert_eq!(seen, sees.contains(&word), "{name}: {word}");
        }
        assert!(text.contains("The room is booked."), "{name}");
        assert!(text.contains("apologies person"), "{name}");
        for (index, page) in pages.iter().enumerate() {
            assert!(page.contains("OFFICIAL-SENSITIVE"), "{name} {index}");
            assert!(
                page.contains(&format!("Printed for {name} on")),
                "{name} {index}: {page}"
            );
            let number = format!("Page {} of {}", index + 1, pages.len());
            assert!(page.contains(&number), "{name} {index}");
        }
    }
    let pages = held.get(&w.coordinator, ".pdf").await.pages();
    let of = |word: &str| {
        pages
            .iter()
            .filter(|page| page.contains(word))
            .collect::<Vec<_>>()
    };
    for page in of("Alpha information") {
        assert!(page.contains(&format!("Case {code_a}")), "{page}");
        assert!(!page.contains("Bravo"), "{page}");
    }
}

#[actix_web::test]
async fn labels_and_marking_are_the_maracs_own() {
    let held = Held::new().await;
    let w = &held.world;
    diesel::RunQueryDsl::execute(
        kernel::sql::sql("update maracs set settings = '{\"labels\": {\"survivor\": \"client\", \
            \"perpetrator\": \"person causing harm\", \"marking\": \"OFFICIAL <b>\"}}' where id = $1")
        .bind(w.wcc),
        &mut held.app.owner(),
    )
    .unwrap();
    held.to_issue().await;
    let page = held.get(&w.housing_rep, ".html").await;
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    for word in [
        "<dt>Client</dt>",
        "<dt>Person causing harm</dt>",
        "OFFICIAL &lt;b&gt;",
        "Views of the client",
    ] {
        assert!(text.contains(word), "{word}");
    }
    assert!(!text.contains("<b>") && !text.contains("urvivor"));
}

#[actix_web::test]
async fn the_page_runs_nothing_loads_nothing_and_is_kept_nowhere() {
    let held = Held::issued().await;
    for path in [".html"] {
        let page = held.get(&held.world.housing_rep, path).await;
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = String::from_utf8(page.bytes).unwrap();
        assert!(text.contains("<html lang=\"en-GB\">") && text.contains("<main>"));
        assert!(text.contains("housing-rep, City Housing"));
        assert!(!text.contains("<script") && !text.contains("http"));
    }
}

#[actix_web::test]
async fn an_older_version_is_printed_as_it_was() {
    let held = Held::issued().await;
    let w = &held.world;
    let first = held.get(&w.chair, "").await.expect(200);
    let changes = serde_json::json!([{ "what": "The place.", "why": "It moved.",
        "edits": [{ "at": "/place", "text": "Room 99" }] }]);
    held.correct(&w.chair, changes).await.expect(200);
    let old = format!(".html?version_id={}", id(&first["version"]));
    let old = String::from_utf8(held.get(&w.chair, &old).await.bytes).unwrap();
    assert!(old.contains("Room 4") && !old.contains("Room 99"));
    let new = String::from_utf8(held.get(&w.chair, ".html").await.bytes).unwrap();
    for word in [
        "Room 99",
        "The place. Why: It moved.",
        "Not issued: for coordinator and chair alone.",
    ] {
        assert!(new.contains(word), "{word}");
    }
    let unknown = format!(".pdf?version_id={}", uuid::Uuid::now_v7());
    assert_eq!(held.get(&w.chair, &unknown).await.status, 404);
}
