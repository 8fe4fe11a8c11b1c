using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Images;
using Appliance.Images.Building.Jobs;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Images;

/// <summary>Images by their ids.</summary>
public sealed class ImageService(MetadataStore store, ImageLibrary library) : ModalClient.ModalClientBase
{
    public override Task<ImageFromIdResponse> ImageFromId(ImageFromIdRequest request, ServerCallContext context)
    {
        Appliance.Images.Catalog.Image? image = ObjectId.TryRead(request.ImageId, out ImageId id) ? library.Images.Find(id) : null;
        if (image is null)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Could not find image with ID '{request.ImageId}': it was deleted, or never existed.");
        }

        var outcome = new BuildOutcome(image.Id.Text, ImageBuildState.Succeeded, null, image);
        return Task.FromResult(new ImageFromIdResponse { ImageId = image.Id.Text, Metadata = ImageAnswers.MetadataOf(library, outcome) });
    }

    public override Task<Empty> ImageDelete(ImageDeleteRequest request, ServerCallContext context) =>
        store.WriteOnceAsync(context, request, write =>
        {
            if (!ObjectId.TryRead(request.ImageId, out ImageId id) || !Appliance.Images.Catalog.ImageDirectory.TryRemove(write, id))
            {
                throw new ApplianceException(ErrorKind.NotFound, $"No Image with ID '{request.ImageId}': it was deleted already, or never existed.");
            }

            return new Empty();
        });
}
