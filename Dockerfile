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
RUN go build -trimpath -ldflags="-s -w -X main.version=${VERSION}" -o /out/ ./cmd/function-mattermost ./cmd/provider-mattermost

# Writes nothing: run it with a read-only root file system.
FROM gcr.io/distroless/static-debian12:nonroot AS function-mattermost
COPY --from=build /out/function-mattermost /function
USER 65532:65532
EXPOSE 9443 8080
ENTRYPOINT ["/function"]

FROM gcr.io/distroless/static-debian12:nonroot AS provider-mattermost
COPY --from=build /out/provider-mattermost /provider
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/provider"]
