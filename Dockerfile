# The pipeline with ffmpeg, for workers, runs and the watched folder. docs/how-to/operations.md says how it is built for several
# processors, with its bill of materials.
FROM --platform=$BUILDPLATFORM node:22.21.1-bookworm-slim@sha256:25b3eb23a00590b7499f2a2ce939322727fcce1b15fdd69754fcd09536a3ae2c AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY tools/build.mjs tools/build-page.mjs tools/bundled.mjs tools/remove-all-but.mjs tools/optional-packages.mjs tools/
COPY src src
COPY jobs jobs
# No script of any package runs. S3, traces and the board are optional for others; the image has them, in the versions of the
# lock: without --save-prod, npm takes them for tools of development and installs none. The ffmpeg that comes as a package it
# does not have: Debian's is below. What stays is JavaScript, the same for every processor.
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && npm run build \
  && node tools/optional-packages.mjs > /tmp/optional \
  && npm prune --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund \
  && npm install --save-prod --ignore-scripts --omit=dev --omit=optional --no-save --no-audit --no-fund $(cat /tmp/optional) \
  && sed -E 's#(^| )(@?[^@ ]+)@[^ ]+#\1node_modules/\2#g' /tmp/optional | xargs ls -d \
  && ! find node_modules -name '*.node' | grep .

FROM node:22.21.1-bookworm-slim@sha256:25b3eb23a00590b7499f2a2ce939322727fcce1b15fdd69754fcd09536a3ae2c
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# The example, whose samples stand in for those of a new book, and the schemas.
COPY manifests/hello.yaml manifests/hello.yaml
COPY manifests/hello manifests/hello
COPY schema schema
RUN mkdir -p /data/store /data/inbox && chown -R 1000:1000 /data
# The user "node" of the base image, by its number: Kubernetes checks `runAsNonRoot` by that.
USER 1000:1000
WORKDIR /data
# V8 keeps up to 30 MB less of empty memory, for about 4 % more processor time.
ENV FFMPEG_PATH=/usr/bin/ffmpeg NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=4
# With fewer arenas, the C library keeps less memory that is free.
ENV MALLOC_ARENA_MAX=2
VOLUME ["/data"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/src/cli/main.js"]
CMD ["--help"]
