drop table research_versions, research_returns;
