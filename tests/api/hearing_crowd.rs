//! Two coordinators and six representatives at one meeting at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use crate::hearing::{Session, information};
use crate::support::{Person, World, accept, etag, id};

/// Rounds that everybody writes.
const ROUNDS: usize = 6;

async fn crowd(s: &Session) -> Vec<Person> {
    let w = &s.world;
    let mut people = Vec::new();
    for (n, agency) in [w.housing, w.health, w.police].into_iter().enumerate() {
        for place in ["first", "second"] {
            let name = format!("{place}-rep-{n}");
            let rep = World::person(&s.app, &name, agency, &[(w.wcc, "representative")]);
            people.push(rep);
        }
    }
    let accepted = people.iter().map(|rep| accept(&s.app, rep, s.meeting));
    join_all(accepted).await;
    for name in ["coordinator-a", "coordinator-b"] {
        let role = &[(w.wcc, "coordinator")];
        people.push(World::person(&s.app, name, w.coordination, role));
    }
    people
}

#[actix_web::test]
async fn no_words_are_lost_and_a_retried_request_makes_no_second_entry() {
    let s = Session::started().await;
    let people = crowd(&s).await;
    let path = s.path("information");
    let mut said = BTreeSet::new();
    let mut requests = Vec::new();
    for (n, person) in people.iter().enumerate() {
        for round in 0..ROUNDS {
            let text = format!("{n} says {round}");
            said.insert(text.clone());
            // Each is sent twice at once, as by a client that lost patience.
            for _ in 0..2 {
                let key = format!("words-{n}-{round}");
                let caller = s.app.as_(person).with("idempotency-key", &key);
                let (path, text) = (path.clone(), text.clone());
                requests
                    .push(async move { caller.post(&path, information(&text)).await.expect(201) });
            }
        }
    }
    let answers = join_all(requests).await;
    let made: BTreeSet<_> = answers.iter().map(id).collect();
    assert_eq!(made.len(), said.len());
    let record = s.record(&s.world.chair).await;
    let entries = record["information"].as_array().unwrap();
    let kept: BTreeSet<_> = entries
        .iter()
        .map(|entry| entry["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((entries.len(), kept), (said.len(), said));
}

#[actix_web::test]
async fn of_corrections_made_at_once_one_holds_and_the_others_are_stale() {
    let s = Session::started().await;
    let people = crowd(&s).await;
    let said = s
        .say(&people[0], "information", information("Flat 3"))
        .await
        .expect(201);
    let path = s.path(&format!("record/{}/corrections", id(&said)));
    let corrections = (0..8).map(|n| {
        let caller = s.app.as_(&people[6 + n % 2]).if_match(&etag(&said));
        let body = json!({ "reason": "Misheard.", "text": format!("Flat {n}0") });
        let path = path.clone();
        async move { caller.post(&path, body).await.status }
    });
    let mut statuses = join_all(corrections).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 412, 412, 412, 412, 412, 412, 412]);
    let all = format!("{}?versions=all", s.path("record"));
    let all = s.app.as_(&s.world.chair).get(&all).await.expect(200);
    assert_eq!(all["information"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn seats_recorded_at_once_are_stale_but_for_one_and_acceptance_is_never_lost() {
    let s = Session::started().await;
    let w = &s.world;
    let path = format!("/meetings/{}/attendance/{}", s.meeting, w.housing);
    let other = World::person(&s.app, "other", w.coordination, &[(w.wcc, "coordinator")]);
    let body = json!({ "user_id": w.housing_rep.id, "role": "deputy", "presence": "present" });
    let records = (0..4).map(|n| {
        let who = if n % 2 == 0 { &w.coordinator } else { &other };
        let caller = s.app.as_(who).if_match("\"0\"");
        let (path, body) = (path.clone(), body.clone());
        async move { caller.put(&path, body).await.status }
    });
    let (statuses, _) =
        futures_util::future::join(join_all(records), accept(&s.app, &w.housing_rep, s.meeting))
            .await;
    let won = statuses.iter().filter(|status| **status == 200).count();
    assert!(won <= 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 412].contains(status)));
    let file = s
        .app
        .as_(&w.housing_rep)
        .get(&format!("/cases/{}", s.case))
        .await;
    assert_eq!(file.expect(200)["account"].as_array().unwrap().len(), 1);
}
