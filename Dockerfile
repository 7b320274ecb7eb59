# A target for each binary: docker build --target function-mattermost .
# The packages do not need this file: `make packages` builds without an engine.

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
ARG VERSION=v0.1.0
ENV CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH
RUN go build -trimpath -ldflags="-s -w -X main.version=${VERSION}" -o /out/ ./cmd/function-mattermost ./cmd/mattermost-dbtool ./cmd/provider-mattermost

# Writes nothing: run it with a read-only root file system.
FROM gcr.io/distroless/static-debian12:nonroot AS function-mattermost
COPY --from=build /out/function-mattermost /function
USER 65532:65532
EXPOSE 9443 8080
ENTRYPOINT ["/function"]

# Runs the databases' own client programs: pg_dump refuses servers newer than itself, so
# it comes from PostgreSQL's own packages. Writes nothing outside of /tmp and the scratch
# directory of its Jobs: run it with a read-only root file system and volumes there.
FROM debian:trixie-slim AS mattermost-dbtool
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates mariadb-client postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin
COPY --from=build /out/mattermost-dbtool /usr/local/bin/mattermost-dbtool
USER 65532:65532
ENTRYPOINT ["mattermost-dbtool"]

FROM gcr.io/distroless/static-debian12:nonroot AS provider-mattermost
COPY --from=build /out/provider-mattermost /provider
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/provider"]
