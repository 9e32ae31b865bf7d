# Images of Tidegate: `server` and `operator`, one file system with two commands.
#
#   docker build --target server   --tag ghcr.io/tidegate/server:0.1.0   .
#   docker build --target operator --tag ghcr.io/tidegate/operator:0.1.0 .
#
# Behind a private registry add `--secret id=npmrc,src=$HOME/.npmrc` and, for its certificate authority,
# `--secret id=ca,src=/etc/ssl/certs/ca-certificates.crt`; neither ends up in a layer.

# Any image with Node 24 and npm.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,target=/root/.npm \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --ignore-scripts

FROM dependencies AS build
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && chmod 0755 lib/cli/main.js

# TypeScript, source maps and documentation are half of the files, and nothing that runs reads them.
FROM dependencies AS production
RUN npm prune --omit=dev --ignore-scripts \
    && find node_modules -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' \) -delete \
    && rm -rf node_modules/cdk8s*/docs node_modules/.cache

FROM ${NODE_IMAGE} AS runtime
LABEL org.opencontainers.image.title="Tidegate" \
      org.opencontainers.image.description="Realtime (WebSocket) environments on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
RUN mkdir /app \
    && ln -s /app/lib/cli/main.js /usr/local/bin/tidegate \
    && install -d -o 1000 -g 1000 /var/lib/tidegate
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/lib lib
# A number, so that Kubernetes can tell that it is not root.
USER 1000:1000
ENTRYPOINT ["tidegate"]

FROM runtime AS operator
EXPOSE 8080
CMD ["operator", "run"]

FROM runtime AS server
# The embedded database's place when no TIDEGATE_POSTGRES_HOST is set; mount a volume to keep it.
ENV TIDEGATE_HOST=0.0.0.0 TIDEGATE_DATA_DIRECTORY=/var/lib/tidegate
EXPOSE 8000
CMD ["serve"]
