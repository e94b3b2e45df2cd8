# The pipeline with ffmpeg, for workers, runs and the watched folder.
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY tools/build.mjs tools/build.mjs
COPY src src
COPY jobs jobs
RUN npm ci --no-audit --no-fund && npm prune --omit=dev

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
