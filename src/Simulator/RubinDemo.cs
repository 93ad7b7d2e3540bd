using CacheMachine.Simulator.Registries;

namespace CacheMachine.Simulator;

/// <summary>The repository of the demo: tags as the Rubin Observatory's <c>sciplat-lab</c> has them.</summary>
public static class RubinDemo
{
    /// <summary>Its name, without the registry's host.</summary>
    public const string Repository = "lsstsqre/sciplat-lab";

    private const long Gigabyte = 1_000_000_000;

    private static readonly string[] Releases = ["r21_0_0", "r21_0_1", "r22_0_0", "r22_0_1", "r23_0_0"];
    private static readonly string[] Candidates = ["r22_0_0_rc1", "r23_0_0_rc1", "r23_0_0_rc2", "r23_0_1_rc1"];
    private static readonly string[] Experimental = ["exp_w_2021_48_nosudo", "exp_d_2021_12_01_gpu", "exp_random"];

    /// <summary>The image of the demo in which no command can be started; it becomes available all the same.</summary>
    public const string NoShellTag = "exp_noshell";

    /// <summary>Fills a repository with about 40 tags. <c>recommended</c> is the newest release, <c>latest</c> the newest weekly.</summary>
    /// <param name="registry">The registry to fill.</param>
    /// <param name="repository">As <c>lsstsqre/sciplat-lab</c>.</param>
    public static void Seed(SimulatedRegistry registry, string repository)
    {
        var number = 0;
        void Push(string tag) => registry.Push(repository, tag, (30 + (number++ * 7 % 15)) * Gigabyte / 10);

        foreach (var tag in Releases.Concat(Candidates).Concat(Experimental))
            Push(tag);
        for (var week = 36; week <= 50; week++)
            Push($"w_2021_{week:00}");
        for (var day = 1; day <= 14; day++)
            Push($"d_2021_12_{day:00}");
        registry.Push(repository, NoShellTag, Gigabyte, hasShell: false);
        registry.Move(repository, "recommended", Releases[^1]);
        registry.Move(repository, "latest", "w_2021_50");
        registry.Move(repository, "latest_weekly", "w_2021_50");
        registry.Move(repository, "latest_daily", "d_2021_12_14");
        registry.Move(repository, "latest_release", Releases[^1]);
    }

    /// <summary>The body of a POST that creates the example machine: the newest tags of the repository, and the image without a shell.</summary>
    /// <param name="registry">host:port of the registry.</param>
    internal static string Machine(string registry) => $$"""
        {
          "name": "example",
          "labels": {},
          "repomen": [
            {
              "type": "RubinRepoMan", "registry_url": "{{registry}}", "repo": "{{Repository}}",
              "recommended_tag": "recommended", "num_releases": 1, "num_weeklies": 2, "num_dailies": 3
            },
            {
              "type": "SimpleRepoMan",
              "images": [
                {
                  "image_url": "{{registry}}/{{Repository}}:{{NoShellTag}}", "image_hash": null,
                  "name": "An image without a shell"
                }
              ]
            }
          ]
        }

        """;
}
