//! The published risk tools, for whoever fills one in.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Json, Page, Path, operation};
use kernel::policy;
use practice::risk::Tool;
use practice::risk::Tools;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_risk_tools_route)
        .service(read_risk_tool_route);
}

/// A risk tool and its published versions.
#[derive(Serialize, ToSchema)]
pub struct ToolVersions {
    /// Which tool, as assessments name it.
    id: String,
    /// Its name in full, as of the newest version.
    title: String,
    /// Who publishes it.
    owner: String,
    /// Its versions, the newest last. An assessment keeps the version it was made with.
    versions: Vec<u16>,
}

/// List the risk tools and their versions.
#[operation(get, "/risk-tools", tag = "risk tools", act = ReadRiskTools, says = "Every tool, on one page.")]
pub async fn list_risk_tools(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
) -> Result<Page<ToolVersions>> {
    let tools = tools.clone();
    db.run(&caller, ACT.ask(), move |_| {
        let mut items: Vec<ToolVersions> = Vec::new();
        for tool in tools.iter() {
            let known = items.pop_if(|last| last.id == tool.id);
            let mut versions = known.map_or_else(Vec::new, |known| known.versions);
            versions.push(tool.version);
            items.push(ToolVersions {
                id: tool.id.clone(),
                title: tool.title.clone(),
                owner: tool.owner.clone(),
                versions,
            });
        }
        let event = Event::list(items.len());
        let next_cursor = None;
        Ok(Audited::new(Page { items, next_cursor }, event))
    })
    .await
}

/// Read one version of a risk tool: its questions, scoring and threshold.
#[operation(get, "/risk-tools/{tool}/{version}", tag = "risk tools", act = ReadRiskTools, says = "The tool.",
    params(("tool" = String, Path, description = "The tool.", example = "safelives_dash"),
        ("version" = u16, Path, description = "The version.", example = 1)))]
pub async fn read_risk_tool(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path((id, version)): Path<(Line<40>, u16)>,
) -> Result<Json<Tool>> {
    let tools = tools.clone();
    db.run(&caller, ACT.ask(), move |_| {
        let tool = tools.get(&id, version).ok_or_else(policy::hidden)?;
        Ok(Audited::new(tool.clone(), Event::new()))
    })
    .await
    .map(Json)
}
