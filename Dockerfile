# The program alone: PostgreSQL runs beside it (docker-compose.yml).

FROM rust:1.95-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq-dev cmake \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies first, in a layer that a change of the program leaves as it is.
COPY Cargo.toml Cargo.lock build.rs ./
COPY crates crates
# What the crates are built with beside their source.
COPY risk_tools risk_tools
COPY standard_actions standard_actions
RUN mkdir -p src migrations tests/api \
 && touch src/lib.rs tests/api/main.rs \
 && echo 'fn main() {}' > src/main.rs \
 && cargo build --locked --profile dist --no-default-features \
 && rm -r src migrations tests
COPY . .
RUN touch src/lib.rs src/main.rs && cargo build --locked --profile dist --no-default-features

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq5 ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/toldonce --create-home toldonce
COPY --from=build /build/target/dist/toldonce /usr/local/bin/toldonce
USER toldonce
WORKDIR /var/lib/toldonce
ENV TOLDONCE_LISTEN=0.0.0.0:8080 \
    TOLDONCE_DATA_DIR=/var/lib/toldonce
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["toldonce"]
CMD ["serve"]
