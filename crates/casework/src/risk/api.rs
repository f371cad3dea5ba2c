//! The published risk tools, for whoever fills one in.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Page, Path, Problems};
use kernel::policy::{self, Act};
use practice::risk::Tool;
use practice::risk::Tools;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_risk_tools).service(read_risk_tool);
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
#[utoipa::path(tag = "risk tools", operation_id = "list_risk_tools", responses(
    (status = 200, description = "Every tool, on one page.", body = Page<ToolVersions>), Problems))]
#[get("/risk-tools")]
async fn list_risk_tools(db: Data<Db>, tools: Data<Tools>, caller: Caller) -> Result<HttpResponse> {
    let tools = tools.clone();
    let page = db
        .run(&caller, Act::ReadRiskTools.ask(), move |_| {
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
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Read one version of a risk tool: its questions, scoring and threshold.
#[utoipa::path(tag = "risk tools", operation_id = "read_risk_tool",
    params(("tool" = String, Path, description = "The tool.", example = "safelives_dash"),
        ("version" = u16, Path, description = "The version.", example = 1)),
    responses((status = 200, description = "The tool.", body = Tool), Problems))]
#[get("/risk-tools/{tool}/{version}")]
async fn read_risk_tool(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    path: Path<(Line<40>, u16)>,
) -> Result<HttpResponse> {
    let (tools, (id, version)) = (tools.clone(), path.0);
    let tool = db
        .run(&caller, Act::ReadRiskTools.ask(), move |_| {
            let tool = tools.get(&id, version).ok_or_else(policy::hidden)?;
            Ok(Audited::new(tool.clone(), Event::new()))
        })
        .await?;
    Ok(HttpResponse::Ok().json(tool))
}
