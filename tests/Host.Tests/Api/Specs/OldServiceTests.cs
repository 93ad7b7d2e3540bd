using CacheMachine.Actors.Specs;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>The example bodies of the service that this one replaces (github.com/lsst-sqre/cachemachine, scripts/), unchanged.</summary>
public class OldServiceTests
{
    [Fact]
    public void The_jupyter_example_is_accepted()
    {
        var spec = Spec("""
            {
              "name": "jupyter",
              "labels": {
                "beta.kubernetes.io/arch": "amd64"
              },
              "repomen": [
                {
                  "type": "RubinRepoMan",
                  "repo": "lsstsqre/sciplat-lab",
                  "recommended_tag": "recommended",
                  "num_releases": 1,
                  "num_weeklies": 2,
                  "num_dailies": 3
                }
              ]
            }
            """);

        Assert.Equal("jupyter", spec.Name);
        Assert.Equal("amd64", spec.Labels["beta.kubernetes.io/arch"]);
        Assert.Equal(("registry.hub.docker.com", "recommended"), Asked(spec));
    }

    [Fact]
    public void The_simple_example_is_accepted()
    {
        var spec = Spec("""
            {
              "name": "simple",
              "labels": {
                "beta.kubernetes.io/arch": "amd64"
              },
              "repomen": [
                {
                  "type": "SimpleRepoMan",
                  "images": [
                      {
                          "name": "Weekly 35",
                          "image_url": "registry.hub.docker.com/lsstsqre/sciplat-lab:w_2020_35"
                      },
                      {
                          "name": "Weekly 36",
                          "image_url": "registry.hub.docker.com/lsstsqre/sciplat-lab:w_2020_36"
                      },
                      {
                          "name": "Weekly 37",
                          "image_url": "registry.hub.docker.com/lsstsqre/sciplat-lab:w_2020_37"
                      }
                  ]
                }
              ]
            }
            """);

        Assert.Equal(["Weekly 35", "Weekly 36", "Weekly 37"], Assert.IsType<SimpleRepoManSpec>(spec.RepoMen[0]).Images.Select(image => image.Name));
    }

    [Fact]
    public void The_telescope_example_is_accepted()
    {
        var spec = Spec("""
            {
              "name": "jupyter",
              "labels": {
                "beta.kubernetes.io/arch": "amd64"
              },
              "repomen": [
                {
                  "type": "RubinRepoMan",
                  "registry_url": "ts-dockerhub.lsst.org",
                  "repo": "test/sciplat-lab",
                  "recommended_tag": "recommended",
                  "num_releases": 1,
                  "num_weeklies": 2,
                  "num_dailies": 3
                }
              ]
            }
            """);

        Assert.Equal(("ts-dockerhub.lsst.org", "recommended"), Asked(spec));
    }

    private static (string Registry, string? Recommended) Asked(MachineSpec spec)
    {
        var rubin = Assert.IsType<RubinRepoManSpec>(spec.RepoMen[0]);
        return (rubin.RegistryUrl, rubin.RecommendedTag);
    }
}
