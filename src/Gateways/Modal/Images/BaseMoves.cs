using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;
using Image = Appliance.Protos.Modal.Image;

namespace Appliance.Gateways.Modal.Images;

/// <summary>
/// Which base images have changed under their names. Somebody who imports a newer base expects builds to begin with it;
/// one that is only fetched for the first time, in the middle of a build, changes nothing.
/// </summary>
internal static class BaseMoves
{
    /// <summary>A text for each base that has changed; none for most builds.</summary>
    public static IReadOnlyList<string> Of(ReadTransaction read, Image image)
    {
        List<string> moves = [];
        try
        {
            foreach (string name in BasesOf(image))
            {
                string reference = ImageReference.Read(name).Full;
                if (ImageTagMoves.Count(read, reference) is > 0 and long count)
                {
                    moves.Add($"{reference} {count}");
                }
            }
        }
        catch (ApplianceException)
        {
            // The build says what is wrong with the definition.
        }

        return moves;
    }

    /// <summary>Those that are named outright: what a variable says is known to the build only.</summary>
    private static IEnumerable<string> BasesOf(Image image)
    {
        IEnumerable<FromInstruction> stages = DockerfileParser.Parse(string.Join('\n', image.DockerfileCommands)).Instructions.OfType<FromInstruction>();
        return stages
            .Select(from => from.Image)
            .Where(name => !name.Contains('$') && image.BaseImages.All(given => given.DockerTag != name));
    }
}
