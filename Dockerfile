# Images of Tidegate: `server` and `operator`, one file system with two commands.
#
#   docker build --target server   --tag ghcr.io/tidegate/server:0.1.0   .
#   docker build --target operator --tag ghcr.io/tidegate/operator:0.1.0 .
#
# Behind a private registry add `--secret id=npmrc,src=$HOME/.npmrc` and, for its certificate authority,
# `--secret id=ca,src=/etc/ssl/certs/ca-certificates.crt`; neither ends up in a layer.

# Builds: any image with Node 24, npm and a shell.
ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim
# Runs: any image with Node 24 at /nodejs/bin/node. This one has no shell and no package manager.
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,target=/root/.npm \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --ignore-scripts

# Half of the files are TypeScript, source maps, documentation and tests, which nothing that runs reads. Packages of the
# server and the operator are optional to who installs the package, and all in the image.
FROM dependencies AS production
RUN node -e "const p = require('./package.json'); \
      for (const [name, range] of Object.entries(p.peerDependencies)) \
        if (!name.startsWith('@pulumi/')) { p.dependencies[name] = range; delete p.devDependencies[name]; } \
      require('fs').writeFileSync('package.json', JSON.stringify(p))" \
    && npm prune --omit=dev --ignore-scripts \
    && find node_modules -depth \
      \( -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' -o -name '*.md' -o -name .jsii \) \
      -o -type d \( -name test -o -name tests -o -name benchmark -o -name benchmarks -o -name examples \) \) \
      -exec rm -rf {} + \
    && rm -rf node_modules/cdk8s*/docs node_modules/bare-*/prebuilds node_modules/.bin node_modules/.cache

# As `npm install tidegate` in the root directory would leave it, so that an application in /app finds the package and
# what it depends on. All is laid out here: where it goes nothing can be run.
FROM dependencies AS package
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build \
    && sed -i '1s|.*|#!/nodejs/bin/node|' lib/cli/main.js \
    && chmod 0755 lib/cli/main.js \
    && mkdir -p /root-directory/app /root-directory/node_modules/tidegate /root-directory/usr/local/bin /root-directory/var/lib /state/tidegate \
    && mv package.json lib /root-directory/node_modules/tidegate \
    && ln -s /node_modules/tidegate/lib/cli/main.js /root-directory/usr/local/bin/tidegate \
    && echo '{ "private": true, "type": "module" }' > /root-directory/app/package.json

FROM ${RUNTIME_IMAGE} AS runtime
LABEL org.opencontainers.image.title="Tidegate" \
      org.opencontainers.image.description="Realtime (WebSocket) environments on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
WORKDIR /app
COPY --from=production /build/node_modules /node_modules
COPY --from=package /root-directory /
COPY --from=package --chown=1000:1000 /state /var/lib
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
