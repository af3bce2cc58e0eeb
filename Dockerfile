# The exporter and what it links, on nothing else.
#
#   make image                          docker; CONTAINER=podman or CONTAINER=buildah for another builder
#   docker buildx build --platform linux/amd64,linux/arm64 .
#
# The base of the build, by a tag that says how old it is and the digest of the index of all architectures. A newer
# one: look for the latest bookworm-YYYYMMDD-slim, and `docker buildx imagetools inspect debian:TAG` prints its digest.
# What is copied from it into the image is as new as Debian's mirrors on the day of the build.
ARG DEBIAN=debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171

FROM ${DEBIAN} AS build
WORKDIR /src
COPY packages.txt ./
RUN apt-get update -qq \
 && awk '/^# [a-z]+:/ { on = $2 == "build:" } on && /^[a-z]/' packages.txt \
    | DEBIAN_FRONTEND=noninteractive xargs apt-get install -y -qq --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY exporter exporter
ARG JOBS
RUN cmake --preset release --log-level=WARNING && cmake --build --preset release -j "${JOBS:-$(nproc)}"

# The image as a folder. ldd names every library and the loader by the path the loader will look for, whatever the
# architecture.
RUN install -D -s -m 755 build/release/exporter/opencost-exporter /image/usr/bin/opencost-exporter \
 && ldd /image/usr/bin/opencost-exporter >/tmp/ldd && ! grep 'not found' /tmp/ldd \
 && grep -o '/[^ ]*' /tmp/ldd >/tmp/files \
 && xargs cp -L --parents -t /image </tmp/files
# Whom to trust, who we are, and where names are looked up.
RUN install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && cp -L /etc/os-release /image/etc/os-release \
 && echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >/image/etc/passwd \
 && echo 'nonroot:x:65532:' >/image/etc/group \
 && echo 'hosts: files dns' >/image/etc/nsswitch.conf
# The packages all this is from, and the page that is built in: their licences for people, and their records for scanners, which would otherwise see
# no package at all.
COPY LICENSE ./
RUN mkdir -p /image/var/lib/dpkg/status.d \
 && xargs readlink -f </tmp/files | sed 's,^\(/usr\)\?,*,' | xargs dpkg-query -S >/tmp/owners \
 && for package in base-files ca-certificates $(cut -d: -f1 /tmp/owners | sort -u); do \
      dpkg-query -s "$package" >"/image/var/lib/dpkg/status.d/$package" \
      && install -D -m 644 "/usr/share/doc/$package/copyright" "/image/usr/share/doc/$package/copyright" || exit 1; \
    done \
 && install -D -m 644 LICENSE /image/usr/share/doc/opencost-exporter/copyright \
 && install -D -m 644 -t /image/usr/share/doc/opencost-exporter/redoc exporter/web/reference/*.LICENSE.txt
ARG SOURCE_DATE_EPOCH=0
RUN find /image -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM scratch
COPY --from=build /image /
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="opencost-exporter" \
      org.opencontainers.image.description="OpenCost's cost data as Prometheus gauges" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="opencost-exporter" \
      org.opencontainers.image.url="https://github.com/opencost-exporter/opencost-exporter" \
      org.opencontainers.image.source="https://github.com/opencost-exporter/opencost-exporter" \
      org.opencontainers.image.documentation="https://github.com/opencost-exporter/opencost-exporter/blob/main/docs/install.md" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# A number, so that a kubelet can see that it is not root.
USER 65532:65532
EXPOSE 9754
# It looks where this container's environment says. With a port from a file, give the health check that file as well.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["/usr/bin/opencost-exporter", "healthcheck"]
ENTRYPOINT ["/usr/bin/opencost-exporter"]
