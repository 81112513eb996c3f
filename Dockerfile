# The program in two images: `docker build --target server .` and `--target client .`.
FROM debian:bookworm-slim AS build
WORKDIR /source
COPY script/bootstrap script/bootstrap
RUN script/bootstrap build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY po po
COPY lib lib
COPY src src
COPY verifiers verifiers
COPY web web
RUN cmake --preset release -DBUILD_TESTING=OFF -DQUINIELA_MANUAL=OFF -DQUINIELA_PACKAGING=OFF && cmake --build --preset release

FROM debian:bookworm-slim AS runtime
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        libinih1 libmicrohttpd12 libpq5 libqrencode4 libseccomp2 libsimdjson14 libsqlite3-0 libssl3 libstdc++6 libsystemd0 libuv1 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin quiniela \
    && install -d -o quiniela -g quiniela /data
COPY --from=build /source/build/release/quiniela /usr/local/bin/quiniela
COPY --from=build /source/build/release/locale /usr/local/share/locale
WORKDIR /data
USER quiniela
ENTRYPOINT ["quiniela"]

FROM runtime AS server
ENV STORE=/data/quiniela.db
EXPOSE 12345 12346
CMD ["server", "--config", "/config/config.ini"]

FROM runtime AS client
ENV CLI_DATA_DIR=/data
CMD ["client", "--config", "/config/config.yaml"]
