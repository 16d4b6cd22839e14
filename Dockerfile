# One image for every node: `docker run tierlab node <id>` is one machine of the cluster.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings Node.js and esbuild its binary as a package: no install script is needed.
RUN npm ci --include=dev --ignore-scripts
COPY . .
# The modes of the checkout (umask 077) must not keep the user `node` of the next stage from reading.
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts && chmod -R a+rX .

FROM node:26-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production TIERLAB_DATA=/data
# A new volume takes over the owner of the folder that it is mounted on.
RUN mkdir -p /data/datasets /data/keys /data/identity /data/incarnations /labs && chown -R node:node /data /labs
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/topologies ./topologies
COPY --from=build /app/chaos ./chaos
COPY --from=build /app/scripts/container-ready ./scripts/
COPY --from=build /app/dist ./dist
# Labs run from their sources: `docker compose up labs`.
COPY --from=build /app/labs ./labs
COPY --from=build /app/cli ./cli
COPY --from=build /app/corpus ./corpus
COPY --from=build /app/loadgen ./loadgen
COPY --from=build /app/search ./search
COPY --from=build /app/services ./services
COPY --from=build /app/shared ./shared
COPY --from=build /app/web ./web
USER node
ENTRYPOINT ["node", "dist/tierlab.js"]
CMD ["--help"]
