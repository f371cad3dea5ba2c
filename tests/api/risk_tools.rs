//! The published risk tools.

use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::json;

use crate::support::{TestApp, World};

#[actix_web::test]
async fn everybody_signed_in_lists_the_tools_and_reads_one_whole() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let callers = [
        app.as_(&world.observer),
        app.as_(&world.administrator),
        app.as_client(&world.client, None),
    ];
    for caller in callers {
        let list = caller.get("/risk-tools").await.expect(200);
        let ids: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tool| tool["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["s_dash", "safelives_dash"]);
        assert_eq!(list["items"][1]["versions"], json!([1]));
        assert_eq!(list["next_cursor"], json!(null));
        let dash = caller.get("/risk-tools/safelives_dash/1").await.expect(200);
        assert_eq!(dash["items"].as_array().unwrap().len(), 24);
        assert_eq!(dash["threshold"], 14);
    }
}

#[actix_web::test]
async fn what_is_not_published_is_not_there() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    for path in [
        "/risk-tools/safelives_dash/2",
        "/risk-tools/safelives_dash/x",
        "/risk-tools/none/1",
    ] {
        assert_eq!(caller.get(path).await.status, 404, "{path}");
    }
    app.anonymous().get("/risk-tools").await.expect(401);
}

#[actix_web::test]
async fn an_account_that_ended_reads_no_tool() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    sql("update users set disabled_at = now() where id = $1")
        .bind(world.officer.id)
        .execute(&mut app.owner())
        .unwrap();
    app.as_(&world.officer).get("/risk-tools").await.expect(401);
}
