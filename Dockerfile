# The pipeline with ffmpeg, for workers, runs and the watched folder.
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY tools/build.mjs tools/build-page.mjs tools/bundled.mjs tools/
COPY src src
COPY jobs jobs
COPY tools/optional-packages.mjs tools/optional-packages.mjs
# S3, traces and the board are optional for others; the image has them, in the versions of the lock.
RUN npm ci --no-audit --no-fund \
  && node tools/optional-packages.mjs > /tmp/optional \
  && npm prune --omit=dev \
  && npm install --no-save --no-audit --no-fund $(cat /tmp/optional)

FROM node:22.21.1-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
RUN mkdir -p /data/store /data/inbox && chown -R node:node /data
USER node
ENV FFMPEG_PATH=/usr/bin/ffmpeg NODE_ENV=production
VOLUME ["/data"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/src/cli/main.js"]
CMD ["--help"]
