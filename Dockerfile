# The image of the service: docker build -t cachemachine .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Host -c Release -o /app

# The program that pull pods run (docs/decisions/0009-sleeper.md).
FROM debian:bookworm-slim AS sleeper
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY src/Sleeper /source
RUN /source/build /sleeper

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
COPY --from=sleeper /sleeper /sleeper
# The database (data.dir is "data" in the working directory): mount a volume here to keep it.
RUN install -d -o 1000 -g 1000 /data
USER 1000:1000
WORKDIR /
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/CacheMachine.Host.dll"]
